import { AssayError } from '@assay/core/errors';
import { needSettings } from './given.ts';
import { type AnalysisSource, evaluationStatus, metricSource } from './metric-source.ts';
import { meanCi } from './statistics/intervals.ts';
import { passAtK as ofOne, passHatK } from './statistics/reliability.ts';

export interface PassAtKSettings {
  /** The evaluator whose score tells a pass. */
  readonly evaluator: string;
  readonly k: number;
  /** A run passes from this score on. Default 1. */
  readonly threshold?: number | undefined;
}

/** The chance that k runs of an example hold a pass, and that they all pass: means over examples. */
export interface PassAtK {
  readonly passAtK: number | null;
  readonly passHatK: number | null;
  /** 95 % intervals over examples. */
  readonly passAtKInterval: readonly [low: number, high: number] | null;
  readonly passHatKInterval: readonly [low: number, high: number] | null;
  /** Examples with at least k scored runs, and those with fewer, which are left out. */
  readonly examples: number;
  readonly tooFew: number;
}

/**
 * pass@k and pass^k of an experiment with repetitions. Only runs with a score count: one that failed or was not judged is
 * missing, not a failure to pass.
 *
 * @throws AssayError `invalid-config` for an unknown evaluator and a `k` below 1.
 */
export function passAtK(source: AnalysisSource, settings: PassAtKSettings): PassAtK {
  const { evaluator, k, threshold = 1 } = needSettings('what to count as { evaluator, k }', settings);
  const columns = metricSource(source);
  const scored = columns.evaluator(evaluator);
  if (scored === null) {
    throw new AssayError(
      'invalid-config',
      `Expected evaluator to be one of ${columns.evaluatorNames.map((name) => `'${name}'`).join(', ')}, got '${evaluator}'`,
    );
  }
  const { codes, dictionary } = columns.examples;
  const runs = new Int32Array(dictionary.length);
  const passes = new Int32Array(dictionary.length);
  codes.forEach((code, row) => {
    const score = scored.scores[row]!;
    if (code < 0 || scored.status[row] !== evaluationStatus.ok || Number.isNaN(score)) return;
    runs[code]! += 1;
    if (score >= threshold) passes[code]! += 1;
  });
  const any: (number | null)[] = [];
  const all: (number | null)[] = [];
  runs.forEach((n, code) => {
    any.push(ofOne({ n, c: passes[code]! }, { k }).passAtK);
    all.push(passHatK({ n, c: passes[code]! }, { k }).passHatK);
  });
  const [atLeastOne, everyOne] = [meanCi({ values: any }), meanCi({ values: all })];
  const examples = any.filter((value) => value !== null).length;
  return {
    passAtK: atLeastOne.mean,
    passHatK: everyOne.mean,
    passAtKInterval: atLeastOne.low === null ? null : [atLeastOne.low, atLeastOne.high!],
    passHatKInterval: everyOne.low === null ? null : [everyOne.low, everyOne.high!],
    examples,
    tooFew: Math.max(columns.plannedExamples, examples) - examples,
  };
}
