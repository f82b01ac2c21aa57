import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether everything the output states is supported by the context it was to be based on. Give it the context by
 * `bindEvaluator`.
 *
 * Labels `faithful` 1, `unfaithful` 0. Higher is better. For the opposite score see `hallucination`.
 *
 * @example
 * ```ts
 * import { faithfulness } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => faithfulness(model)({ input: 'Capital?', output: 'Lima', context: 'The capital of Peru is Lima.' });
 * ```
 */
export function faithfulness(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{ readonly input: unknown; readonly output: unknown; readonly context: unknown }> {
  return createClassifier({
    ...options,
    name: options.name ?? 'faithfulness',
    model,
    choices,
    prompt,
    promptVersion: 'faithfulness@1',
    direction: 'maximize',
    variables: ['input', 'context', 'output'],
  });
}

const choices = {
  faithful: { score: 1, description: 'the context states or directly implies every statement of the answer' },
  unfaithful: {
    score: 0,
    description: 'at least one statement of the answer is contradicted by the context or is not in it',
  },
};

const prompt = `Judge whether an answer is faithful to a context.

The question:
{{input}}

The context, the only source the answer may rest on:
{{context}}

The answer to judge:
{{output}}

Go through the statements of the answer one by one and look for each in the context. What is true in the world but not in \
the context is not supported. Saying that the context does not tell is faithful, when it does not. Numbers, names, dates \
and degrees of certainty must be those of the context. Do not judge whether the answer is complete or helpful.`;
