import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether an agent made the right use of what its tools returned, errors included. Give it the calls and results by
 * `bindEvaluator`.
 *
 * Labels `correct` 1, `incorrect` 0. Higher is better.
 *
 * @example
 * ```ts
 * import { toolResponseHandling } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => toolResponseHandling(model)({ input: 'Weather in Lima?', toolCalls: [{ name: 'weather' }], toolResults: [{ celsius: 19 }], output: 'It is 19 °C.' });
 * ```
 */
export function toolResponseHandling(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{
  readonly input: unknown;
  readonly toolCalls: unknown;
  readonly toolResults: unknown;
  readonly output: unknown;
}> {
  return createClassifier({
    ...options,
    name: options.name ?? 'toolResponseHandling',
    model,
    choices,
    prompt,
    promptVersion: 'toolResponseHandling@1',
    direction: 'maximize',
    variables: ['input', 'toolCalls', 'toolResults', 'output'],
  });
}

const choices = {
  correct: { score: 1, description: 'it uses what the tools returned as it is, and deals with errors and gaps openly' },
  incorrect: {
    score: 0,
    description: 'it misreads, alters, ignores or invents results, hides an error, or reveals what should not be shown',
  },
};

const prompt = `Judge whether an assistant made the right use of what its tools returned.

The conversation or request:
{{input}}

The calls it made:
{{toolCalls}}

What the tools returned:
{{toolResults}}

What the assistant did then:
{{output}}

Check that each value it reports is in the results, unchanged and not confused with another; that results which matter to \
the request are used; that an error leads to another attempt, another way, or a plain word to the user, never to a made-up \
result; that an empty result is not taken for an answer; and that no credential, internal identifier or stack trace is passed \
on. Do not judge the choice of tools or their arguments.`;
