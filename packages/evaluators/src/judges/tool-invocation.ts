import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether an agent called its tools with the right arguments. Give it the tools and calls by `bindEvaluator`; the choice of
 * tools is `toolSelection`'s matter.
 *
 * Labels `correct` 1, `incorrect` 0. Higher is better.
 *
 * @example
 * ```ts
 * import { toolInvocation } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => toolInvocation(model)({ input: 'Weather in Lima?', availableTools: [{ name: 'weather', parameters: ['city'] }], toolCalls: [{ name: 'weather', arguments: { city: 'Lima' } }] });
 * ```
 */
export function toolInvocation(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{ readonly input: unknown; readonly availableTools: unknown; readonly toolCalls: unknown }> {
  return createClassifier({
    ...options,
    name: options.name ?? 'toolInvocation',
    model,
    choices,
    prompt,
    promptVersion: 'toolInvocation@1',
    direction: 'maximize',
    variables: ['input', 'availableTools', 'toolCalls'],
  });
}

const choices = {
  correct: {
    score: 1,
    description: 'every call has the arguments its tool requires, of the right kind, with values from the conversation',
  },
  incorrect: {
    score: 0,
    description:
      'an argument is missing, of the wrong kind, unknown to the tool, made up, or contradicts the conversation',
  },
};

const prompt = `Judge whether an assistant called its tools with the right arguments.

The conversation or request:
{{input}}

The tools, with their parameters:
{{availableTools}}

The calls to judge:
{{toolCalls}}

Check each call against the parameters of its tool: required ones are there, names and kinds are right, allowed values are \
kept. Then check each value against the conversation: it must be said there, follow from it, or be a sensible default. An \
identifier, address or date that was made up is incorrect. Nothing secret or unsafe may be passed that was not asked for. \
Do not judge whether another tool would have been better.`;
