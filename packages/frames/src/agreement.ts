import { AssayError } from '@assay/core/errors';
import { needSettings } from './given.ts';
import type { AnalysisSource } from './metric-source.ts';
import { frameOf, labelsOf, scoresOf } from './read-labels.ts';
import { type Categories, cohenKappa } from './statistics/agreement.ts';
import { krippendorffAlpha } from './statistics/krippendorff.ts';
import { correctedPrevalence } from './statistics/prevalence.ts';

export interface AgreementSettings {
  /** Two or more evaluators or columns: judges, and people. */
  readonly judges: readonly string[];
  /** What is compared. Default `label`. */
  readonly by?: 'label' | 'score' | undefined;
  /** What distances mean, for Krippendorff's α. Default `nominal` for labels, `interval` for scores. */
  readonly level?: 'nominal' | 'ordinal' | 'interval' | 'ratio' | undefined;
  /** How much a near miss weighs in κ, in the order of the categories. Default: all alike. */
  readonly weights?: 'linear' | 'quadratic' | undefined;
}

/** How far two judges agree. */
export interface JudgePair {
  readonly a: string;
  readonly b: string;
  /** Task runs that both judged. */
  readonly n: number;
  /** The share of them on which they said the same. */
  readonly agreement: number | null;
  /** Cohen's κ: agreement beyond chance. */
  readonly kappa: number | null;
}

/**
 * How far judges agree with each other and with people, over task runs: Cohen's κ for every two, Krippendorff's α for all
 * of them, who need not have judged every run.
 *
 * @throws AssayError `invalid-config` for fewer than two judges, and for a name that is neither an evaluator nor a column.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { agreement } from '@assay/frames';
 *
 * declare const ran: RanExperiment;
 *
 * const { alpha, pairs } = agreement(ran, { judges: ['gpt', 'claude', 'human'] });
 * ```
 */
export function agreement(
  source: AnalysisSource,
  settings: AgreementSettings,
): { readonly alpha: number | null; readonly pairs: readonly JudgePair[] } {
  const { judges, by = 'label', level, weights } = needSettings('whom to compare as { judges }', settings);
  if (!Array.isArray(judges) || judges.length < 2)
    throw new AssayError(
      'invalid-config',
      `Expected judges to be at least two names, got ${Array.isArray(judges) ? judges.length : typeof judges}`,
    );
  const table = frameOf(source);
  const ratings = judges.map((judge): Categories => (by === 'label' ? labelsOf(table, judge) : scoresOf(table, judge)));
  const { alpha } = krippendorffAlpha({ ratings }, { level: level ?? (by === 'label' ? 'nominal' : 'interval') });
  const pairs = judges.flatMap((a, first) =>
    judges.slice(first + 1).map((b, offset): JudgePair => {
      const pair = cohenKappa({ a: ratings[first]!, b: ratings[first + 1 + offset]! }, { weights: weights ?? null });
      return { a, b, ...pair };
    }),
  );
  return { alpha, pairs };
}

export interface CorrectionSettings {
  /** The judge whose pass rate is to be corrected: an evaluator or a column. */
  readonly judge: string;
  /** What people said of some of the runs: an evaluator or a column. */
  readonly human: string;
  /** The label that means a pass. Default: a score of 1 does. */
  readonly positive?: string | undefined;
  /** Default 0.95. */
  readonly confidence?: number | undefined;
}

/** A judge's pass rate, and what it would be without the judge's errors. */
export interface CorrectedPassRate {
  /** Task runs that the judge judged, and those of them that a person judged too. */
  readonly judged: number;
  readonly labelled: number;
  /** How much of what truly passes the judge passes, and how much of what truly fails it fails. */
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  /** The share that the judge passed. */
  readonly rate: number | null;
  /** Rogan and Gladen's estimate of the share that truly passes; `null` when the judge is no better than chance. */
  readonly corrected: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Corrects a judge's pass rate by the runs that people labelled too (`correctedPrevalence`). */
export function correctedPassRate(source: AnalysisSource, settings: CorrectionSettings): CorrectedPassRate {
  const { judge, human, positive, confidence } = needSettings(
    'whose pass rate to correct as { judge, human }',
    settings,
  );
  const table = frameOf(source);
  const byJudge = passes(judge);
  const byHuman = passes(human);
  const counts = { judged: 0, passed: 0, positives: 0, foundPositives: 0, negatives: 0, foundNegatives: 0 };
  byJudge.forEach((pass, row) => {
    if (pass === null) return;
    counts.judged += 1;
    counts.passed += Number(pass);
    const truth = byHuman[row] ?? null;
    if (truth === null) return;
    counts[truth ? 'positives' : 'negatives'] += 1;
    if (truth === pass) counts[truth ? 'foundPositives' : 'foundNegatives'] += 1;
  });
  const sensitivity = { successes: counts.foundPositives, n: counts.positives };
  const specificity = { successes: counts.foundNegatives, n: counts.negatives };
  const share = ({ successes, n }: typeof sensitivity) => (n === 0 ? null : successes / n);
  return {
    judged: counts.judged,
    labelled: counts.positives + counts.negatives,
    sensitivity: share(sensitivity),
    specificity: share(specificity),
    ...correctedPrevalence(
      { judged: { successes: counts.passed, n: counts.judged }, sensitivity, specificity },
      { confidence },
    ),
  };

  function passes(name: string): readonly (boolean | null)[] {
    if (positive !== undefined)
      return labelsOf(table, name).map((label) => (label === null ? null : label === positive));
    return Array.from(scoresOf(table, name), (score) => {
      if (Number.isNaN(score)) return null;
      if (score !== 0 && score !== 1)
        throw new AssayError(
          'invalid-config',
          `Expected the scores of '${name}' to be 0 or 1, got ${score}; name the label that passes as \`positive\``,
        );
      return score === 1;
    });
  }
}
