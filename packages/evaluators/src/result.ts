import { type EvaluationResult, skip } from '@assay/core';

/** A score, with what else there is to say of it. */
export function scored(score: number, more: Partial<EvaluationResult> = {}): EvaluationResult {
  return { score, label: null, explanation: null, metadata: {}, ...more };
}

/** 1 or 0, labelled by what it means. */
export function passed(
  pass: boolean,
  labels: readonly [pass: string, fail: string],
  more: Partial<EvaluationResult> = {},
): EvaluationResult {
  return scored(pass ? 1 : 0, { label: labels[pass ? 0 : 1], ...more });
}

/** Declines to judge: core counts it as skipped, and whoever called the evaluator by hand finds no score and the reason. */
export function declined(reason: string): EvaluationResult {
  return { ...skip(reason), score: null, label: null, explanation: reason, metadata: {} };
}

/** What an evaluator says of an example that has no reference answer. */
export const nothingExpected = declined('Nothing is expected of this example');
