import type { ColumnTable } from 'arquero';
import type { SlicedExample } from './metric-source.ts';
import { columnOf } from './read-column.ts';

/**
 * Cuts a runs frame by splits, which only the examples frame knows: a slice for `compare` and `summarize`, beside
 * `'splits'`, which records can be cut by. An example that the examples frame does not have is in no slice.
 *
 * @param examples - What `examplesFrame` gives, or reading it back: `example_id`, and `splits` as JSON text.
 * @throws AssayError `invalid-input` when one of these columns is not there.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { compare, examplesFrame, runsFrame, splitsIn } from '@assay/frames';
 *
 * declare const base: RanExperiment;
 * declare const candidate: RanExperiment;
 *
 * const bySplit = splitsIn(examplesFrame(base));
 * const { slices } = compare(runsFrame(base), runsFrame(candidate), { slices: [bySplit] });
 * ```
 */
export function splitsIn(examples: ColumnTable): (example: SlicedExample) => readonly string[] {
  const ids = columnOf(examples, 'example_id');
  const texts = columnOf(examples, 'splits');
  const known = new Map<string, readonly string[]>();
  for (const row of examples.indices()) known.set(String(ids.at(row)), namesIn(texts.at(row)));
  // Its name becomes the key of the slices.
  return function splits({ id }) {
    return known.get(id) ?? [];
  };
}

function namesIn(text: unknown): readonly string[] {
  const names: unknown = typeof text === 'string' && text !== '' ? JSON.parse(text) : text;
  return Array.isArray(names) ? names.map(String) : [];
}
