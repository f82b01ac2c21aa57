import { AssayError } from '@assay/core/errors';
import { needSettings } from './given.ts';
import type { AnalysisSource } from './metric-source.ts';
import { frameOf, labelsOf } from './read-labels.ts';
import { pairwisePreference, type Preference, type PreferenceResult } from './statistics/preference.ts';

export interface PairwiseSettings {
  /** The evaluator (or column) that saw answer a first, and the one that saw answer b first. */
  readonly aFirst: string;
  readonly bFirst: string;
  /** The labels that prefer a, prefer b, and prefer neither. Default `a`, `b`, `tie`. */
  readonly labels?: { readonly a: string; readonly b: string; readonly tie: string } | undefined;
  /** Default 0.95. */
  readonly confidence?: number | undefined;
}

/**
 * Joins the verdicts of a pairwise judge that saw every pair in both orders: wins that both orders bear out, how often
 * the winner flipped with the order, and the lean towards what stood first.
 *
 * @throws AssayError `invalid-input` for a label that is none of the three.
 */
export function pairwise(source: AnalysisSource, settings: PairwiseSettings): PreferenceResult {
  const {
    aFirst,
    bFirst,
    labels = { a: 'a', b: 'b', tie: 'tie' },
    confidence,
  } = needSettings('whose verdicts to join as { aFirst, bFirst }', settings);
  const table = frameOf(source);
  const read = (name: string) =>
    labelsOf(table, name).map((label): Preference | null => {
      if (label === null) return null;
      if (label === labels.a) return 'a';
      if (label === labels.b) return 'b';
      if (label === labels.tie) return 'tie';
      throw new AssayError(
        'invalid-input',
        `Expected a label of '${name}' to be '${labels.a}', '${labels.b}' or '${labels.tie}', got '${label}'`,
      );
    });
  return pairwisePreference({ aFirst: read(aFirst), bFirst: read(bFirst) }, { confidence });
}
