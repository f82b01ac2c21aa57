import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { CodedColumn } from './column/coded.ts';
import { float64Column } from './column/number.ts';
import { frameTable, type NamedColumn } from './frame-table.ts';
import { needSettings } from './given.ts';
import { codesOf, numbersOf } from './read-column.ts';
import { quantileOfSorted } from './statistics/describe.ts';
import { selectPlaces } from './statistics/select.ts';

export interface SummarizeBySettings {
  /** The column whose values make the groups, such as `eval.judge.label` or `example_id`. */
  readonly by: string;
  /** The columns of numbers to average, such as `latency_ms` or `eval.exact.score`. */
  readonly values: readonly string[];
  /** Fractions from 0 to 1, of each of these columns. Default: none. */
  readonly quantiles?: readonly number[] | undefined;
}

/**
 * A row per group of any frame: how many rows it has, and of each column of numbers how many are there, their mean, and
 * their quantiles (linear, as in `quantile`). Missing numbers are left out; a group without any has `null`. Groups come in
 * the order in which they first occur; rows without a group make one of their own.
 *
 * The columns are `by`, `rows`, and for each column `NAME.count`, `NAME.mean` and `NAME.p50` and so on. It works on codes
 * and typed arrays, six to eight times faster than Arquero's verbs.
 *
 * @throws AssayError `invalid-input` for a column that is not there or does not hold numbers, `invalid-config` for a
 * fraction outside 0 to 1.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { runsFrame, summarizeBy } from '@assay/frames';
 *
 * declare const ran: RanExperiment;
 *
 * const byLabel = summarizeBy(runsFrame(ran), { by: 'eval.judge.label', values: ['latency_ms'], quantiles: [0.5, 0.9] });
 * console.log(byLabel.columnNames()); // eval.judge.label, rows, latency_ms.count, latency_ms.mean, latency_ms.p50, …
 * ```
 */
export function summarizeBy(table: ColumnTable, settings: SummarizeBySettings): ColumnTable {
  const { by, values, quantiles = [] } = needSettings('how to group as { by, values }', settings);
  if (!Array.isArray(values))
    throw new AssayError('invalid-config', `Expected values to be a list of columns, got ${typeof values}`);
  const outside = quantiles.find((fraction) => !(fraction >= 0 && fraction <= 1));
  if (outside !== undefined) {
    throw new AssayError('invalid-config', `Expected quantiles to be between 0 and 1, got ${outside}`);
  }
  const { codes, dictionary } = codesOf(table, by);
  const { groups, codeOfGroup } = groupsInOrder(codes, dictionary.length);
  const count = codeOfGroup.length;
  const rows = new Float64Array(count);
  for (let row = 0; row < groups.length; row += 1) rows[groups[row]!]! += 1;
  const columns = values.flatMap((name) => describeGroups(name, numbersOf(table, name), groups, count, quantiles));
  return frameTable([[by, new CodedColumn(codeOfGroup, dictionary)], ['rows', float64Column(rows)], ...columns]);
}

/** Numbers the groups in the order in which they occur, so that codes without a row make no group. */
function groupsInOrder(
  codes: Int32Array,
  size: number,
): { readonly groups: Int32Array; readonly codeOfGroup: Int32Array } {
  // Slot 0 is for rows without a value, whose code is -1.
  const groupOfSlot = new Int32Array(size + 1).fill(-1);
  const groups = new Int32Array(codes.length);
  const codeOfGroup = new Int32Array(Math.min(size + 1, codes.length));
  let count = 0;
  for (let row = 0; row < codes.length; row += 1) {
    const slot = codes[row]! + 1;
    let group = groupOfSlot[slot]!;
    if (group < 0) {
      group = groupOfSlot[slot] = count;
      codeOfGroup[count] = slot - 1;
      count += 1;
    }
    groups[row] = group;
  }
  return { groups, codeOfGroup: codeOfGroup.subarray(0, count) };
}

function describeGroups(
  name: string,
  numbers: Float64Array,
  groups: Int32Array,
  groupCount: number,
  fractions: readonly number[],
): readonly NamedColumn[] {
  const counts = new Float64Array(groupCount);
  const means = new Float64Array(groupCount);
  for (let row = 0; row < numbers.length; row += 1) {
    const value = numbers[row]!;
    if (Number.isNaN(value)) continue;
    counts[groups[row]!]! += 1;
    means[groups[row]!]! += value;
  }
  // 0 ÷ 0 is NaN, which a column of doubles takes as null.
  for (let group = 0; group < groupCount; group += 1) means[group]! /= counts[group]!;
  const quantiles = fractions.length === 0 ? [] : groupQuantiles(numbers, groups, counts, fractions);
  return [
    [`${name}.count`, float64Column(counts)],
    [`${name}.mean`, float64Column(means)],
    ...fractions.map((fraction, at): NamedColumn => [`${name}.p${percent(fraction)}`, float64Column(quantiles[at]!)]),
  ];
}

/** Brings each group's numbers together by a counting sort, then selects the places that the quantiles need. */
function groupQuantiles(
  numbers: Float64Array,
  groups: Int32Array,
  counts: Float64Array,
  fractions: readonly number[],
): readonly Float64Array[] {
  const next = new Int32Array(counts.length);
  for (let group = 1; group < counts.length; group += 1) next[group] = next[group - 1]! + counts[group - 1]!;
  const starts = next.slice();
  const together = new Float64Array(numbers.length);
  for (let row = 0; row < numbers.length; row += 1) {
    const value = numbers[row]!;
    if (!Number.isNaN(value)) together[next[groups[row]!]!++] = value;
  }
  const quantiles = fractions.map(() => new Float64Array(counts.length).fill(NaN));
  for (let group = 0; group < counts.length; group += 1) {
    const count = counts[group]!;
    if (count === 0) continue;
    const own = together.subarray(starts[group], starts[group]! + count);
    const places = fractions.map((fraction) => Math.floor((count - 1) * fraction));
    selectPlaces(
      own,
      places.flatMap((place) => [place, Math.min(place + 1, count - 1)]),
    );
    fractions.forEach((fraction, at) => (quantiles[at]![group] = quantileOfSorted(own, fraction)));
  }
  return quantiles;
}

/** 0.5 is 50, 0.999 is 99.9. */
function percent(fraction: number): string {
  return String(Number((fraction * 100).toPrecision(12)));
}
