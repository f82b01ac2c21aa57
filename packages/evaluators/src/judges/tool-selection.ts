import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether an agent chose the right tools, or rightly none. Give it the tools and calls by `bindEvaluator`; arguments are
 * `toolInvocation`'s matter.
 *
 * Labels `correct` 1, `incorrect` 0. Higher is better.
 *
 * @example
 * ```ts
 * import { toolSelection } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => toolSelection(model)({ input: 'Weather in Lima?', availableTools: ['weather', 'clock'], toolCalls: [{ name: 'weather' }] });
 * ```
 */
export function toolSelection(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{ readonly input: unknown; readonly availableTools: unknown; readonly toolCalls: unknown }> {
  return createClassifier({
    ...options,
    name: options.name ?? 'toolSelection',
    model,
    choices,
    prompt,
    promptVersion: 'toolSelection@1',
    direction: 'maximize',
    variables: ['input', 'availableTools', 'toolCalls'],
  });
}

const choices = {
  correct: {
    score: 1,
    description: 'the tools called are the ones this request needs, none is missing and none is useless',
  },
  incorrect: {
    score: 0,
    description:
      'a needed tool was not called, an unfit or unavailable one was, or a tool was called where none was needed',
  },
};

const prompt = `Judge whether an assistant chose the right tools.

The conversation or request:
{{input}}

The tools it could choose from:
{{availableTools}}

The tools it called:
{{toolCalls}}

Judge by the descriptions of the tools, not by their names alone. Calling a tool that is not available is incorrect. Calling \
none is correct when the request can be met without, or when something must be asked first. Where several tools would do, \
any of them is correct. Do not judge the arguments of the calls.`;
