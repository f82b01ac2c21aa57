import type { ExampleMeans } from './example-means.ts';
import type { MetricSource } from './metric-source.ts';

/** Which example of a candidate is which of the base, by id. */
export interface Pairing {
  /** The candidate's code of each base code; -1 where it has none. */
  readonly candidateOf: Int32Array;
  /** The candidate's codes that the base does not know. */
  readonly onlyCandidate: readonly number[];
  /** Examples that both were to run. */
  readonly comparable: number;
}

/** The values of one metric on both sides, for the examples that have both. */
export interface Pairs {
  readonly base: Float64Array;
  readonly candidate: Float64Array;
  readonly differences: Float64Array;
  /** The base code of each pair. */
  readonly codes: Int32Array;
  /** Examples that one side skipped, and those with a value on one side only. */
  readonly skipped: number;
  readonly baseOnly: readonly number[];
  readonly candidateOnly: readonly number[];
}

const codesByDictionary = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

export function pairExamples(base: MetricSource, candidate: MetricSource): Pairing {
  const ids = base.examples.dictionary;
  const candidateIds = candidate.examples.dictionary;
  const used = usedCodes(candidate);
  const usedByBase = usedCodes(base);
  const candidateOf = new Int32Array(ids.length).fill(-1);
  const onlyCandidate: number[] = [];
  let shared = 0;
  for (let code = 0; code < candidateIds.length; code += 1) {
    if (used[code] === 0) continue;
    // Experiments on one dataset list their examples in one order: then no id needs to be looked up.
    const baseCode = ids[code] === candidateIds[code] ? code : codesOfIds(ids).get(candidateIds[code]!);
    if (baseCode === undefined) onlyCandidate.push(code);
    else {
      candidateOf[baseCode] = code;
      shared += usedByBase[baseCode]!;
    }
  }
  return {
    candidateOf,
    onlyCandidate,
    comparable: Math.max(shared, Math.min(base.plannedExamples, candidate.plannedExamples)),
  };
}

function codesOfIds(ids: readonly string[]): ReadonlyMap<string, number> {
  let codes = codesByDictionary.get(ids);
  if (codes === undefined) codesByDictionary.set(ids, (codes = new Map(ids.map((id, code) => [id, code]))));
  return codes;
}

/** The pairs of a metric, in the base's order; only of the examples in `within`, where that is given. */
export function pairValues(
  base: ExampleMeans,
  candidate: ExampleMeans,
  { candidateOf }: Pairing,
  within: Uint8Array | null,
): Pairs {
  const room = candidateOf.length;
  const [a, b, differences, codes] = [
    new Float64Array(room),
    new Float64Array(room),
    new Float64Array(room),
    new Int32Array(room),
  ];
  const baseOnly: number[] = [];
  const candidateOnly: number[] = [];
  let count = 0;
  let skipped = 0;
  for (let code = 0; code < room; code += 1) {
    const other = candidateOf[code]!;
    if (other < 0 || (within !== null && within[code] === 0)) continue;
    const x = base.means[code]!;
    const y = candidate.means[other]!;
    if (base.skipped[code] === 1 || candidate.skipped[other] === 1) skipped += 1;
    else if (Number.isNaN(x) || Number.isNaN(y)) {
      if (!Number.isNaN(x)) baseOnly.push(x);
      if (!Number.isNaN(y)) candidateOnly.push(y);
    } else {
      a[count] = x;
      b[count] = y;
      differences[count] = y - x;
      codes[count] = code;
      count += 1;
    }
  }
  return {
    base: a.subarray(0, count),
    candidate: b.subarray(0, count),
    differences: differences.subarray(0, count),
    codes: codes.subarray(0, count),
    skipped,
    baseOnly,
    candidateOnly,
  };
}

/** 1 for each code that has a row, or, of records, that is an example of the experiment. */
export function usedCodes(source: MetricSource): Uint8Array {
  const used = new Uint8Array(source.examples.dictionary.length);
  if (source.listsExamples) return used.fill(1);
  const { codes } = source.examples;
  for (let row = 0; row < codes.length; row += 1) if (codes[row]! >= 0) used[codes[row]!] = 1;
  return used;
}
