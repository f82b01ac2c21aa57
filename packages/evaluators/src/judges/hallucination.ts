import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether the output makes up something that its context does not say. Give it the context by `bindEvaluator`.
 *
 * Labels `hallucinated` 1, `grounded` 0. **Lower is better.**
 *
 * @example
 * ```ts
 * import { hallucination } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => hallucination(model)({ input: 'Capital?', output: 'Lima', context: 'The capital of Peru is Lima.' });
 * ```
 */
export function hallucination(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{ readonly input: unknown; readonly output: unknown; readonly context: unknown }> {
  return createClassifier({
    ...options,
    name: options.name ?? 'hallucination',
    model,
    choices,
    prompt,
    promptVersion: 'hallucination@1',
    direction: 'minimize',
    variables: ['input', 'context', 'output'],
  });
}

const choices = {
  hallucinated: {
    score: 1,
    description: 'it states at least one thing as a fact that the context neither states nor implies',
  },
  grounded: {
    score: 0,
    description: 'every fact in it comes from the context, or it says that the context does not tell',
  },
};

const prompt = `Judge whether an answer contains invented facts.

The question:
{{input}}

The context that was given for answering it:
{{context}}

The answer to judge:
{{output}}

An invented fact is a statement presented as true that the context neither states nor implies: a name, number, date, \
quotation, cause, or property that is not there, or one that contradicts it. Greetings, opinions marked as such, and plain \
inferences from the context are not inventions. One invented fact is enough. Do not judge style or completeness.`;
