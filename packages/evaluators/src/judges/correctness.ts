import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether the output answers the input correctly and completely. Where there is an expected answer it decides; without one
 * the judge goes by what it knows.
 *
 * Labels `correct` 1, `incorrect` 0. Higher is better.
 *
 * @example
 * ```ts
 * import { correctness } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => correctness(model)({ input: 'Capital of Peru?', output: 'Lima', expected: 'Lima' });
 * ```
 */
export function correctness(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{ readonly input: unknown; readonly output: unknown; readonly expected?: unknown }> {
  return createClassifier({
    ...options,
    name: options.name ?? 'correctness',
    model,
    choices,
    prompt,
    promptVersion: 'correctness@1',
    direction: 'maximize',
  });
}

const choices = {
  correct: {
    score: 1,
    description:
      'it answers what was asked, nothing in it is false, and it agrees with the expected answer where there is one',
  },
  incorrect: {
    score: 0,
    description:
      'it contains a false statement, contradicts or misses an essential part of the expected answer, or does not answer what was asked',
  },
};

const prompt = `Judge whether an answer is correct.

The question or task:
{{input}}

The answer to judge:
{{output}}

The expected answer, by which to judge where one is given:
{{expected?}}

Compare meaning, not wording: another phrasing, more detail that is true, or another format is no fault. Numbers, names, \
dates and units must agree. A partial answer to a question with several parts is incorrect. Without an expected answer judge \
by well established facts and by sound reasoning; when you cannot tell that a statement is true, do not call it correct.`;
