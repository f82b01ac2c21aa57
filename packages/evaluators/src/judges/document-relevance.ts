import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether a retrieved document helps to answer the question. Give it the document by `bindEvaluator`.
 *
 * Labels `relevant` 1, `unrelated` 0. Higher is better.
 *
 * @example
 * ```ts
 * import { documentRelevance } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => documentRelevance(model)({ input: 'Capital of Peru?', document: 'Lima is …' });
 * ```
 */
export function documentRelevance(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{ readonly input: unknown; readonly document: unknown }> {
  return createClassifier({
    ...options,
    name: options.name ?? 'documentRelevance',
    model,
    choices,
    prompt,
    promptVersion: 'documentRelevance@1',
    direction: 'maximize',
    variables: ['input', 'document'],
  });
}

const choices = {
  relevant: { score: 1, description: 'it contains something that an answer to the question would use' },
  unrelated: {
    score: 0,
    description: 'it contains nothing that an answer would use, even if it is about a similar subject',
  },
};

const prompt = `Judge whether a document is relevant to a question.

The question:
{{input}}

The document:
{{document}}

It is relevant when it holds at least one fact, definition, instruction or piece of data that an answer to this very question \
would use. Shared words or a shared subject are not enough. It need not answer the whole question. Do not judge whether what \
it says is true.`;
