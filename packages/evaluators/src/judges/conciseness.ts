import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether the output says what was asked for and nothing more.
 *
 * Labels `concise` 1, `verbose` 0. Higher is better. Whether it is true is another matter.
 *
 * @example
 * ```ts
 * import { conciseness } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => conciseness(model)({ input: 'Capital of Peru?', output: 'Lima.' });
 * ```
 */
export function conciseness(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{ readonly input: unknown; readonly output: unknown }> {
  return createClassifier({
    ...options,
    name: options.name ?? 'conciseness',
    model,
    choices,
    prompt,
    promptVersion: 'conciseness@1',
    direction: 'maximize',
  });
}

const choices = {
  concise: { score: 1, description: 'every sentence serves the request' },
  verbose: { score: 0, description: 'some of it could be left out without losing anything that was asked for' },
};

const prompt = `Judge whether an answer is as short as its purpose allows.

The question or task:
{{input}}

The answer to judge:
{{output}}

Words that count against it: pleasantries, repeating the question, announcing what follows, hedging that says nothing, \
saying the same twice, closing offers of help, background nobody asked for. Length alone does not: a request for detail, a \
list or a long text may need a long answer. Do not judge whether the answer is true.`;
