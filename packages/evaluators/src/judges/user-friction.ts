import type { LanguageModel } from 'ai';
import { createClassifier } from './classifier.ts';
import type { Judge, JudgeOptions } from './judge.ts';

/**
 * Whether the user of a conversation shows friction: has to repeat, correct, rephrase, or loses patience. Give it the
 * conversation by `bindEvaluator`.
 *
 * Labels `friction` 1, `no_friction` 0. **Lower is better.**
 *
 * @example
 * ```ts
 * import { userFriction } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const judgeOne = (model: LanguageModel) => userFriction(model)({ conversation: [{ role: 'user', content: 'No, I meant Lima in Ohio!' }] });
 * ```
 */
export function userFriction(
  model: LanguageModel,
  options: JudgeOptions = {},
): Judge<{ readonly conversation: unknown }> {
  return createClassifier({
    ...options,
    name: options.name ?? 'userFriction',
    model,
    choices,
    prompt,
    promptVersion: 'userFriction@1',
    direction: 'minimize',
    variables: ['conversation'],
  });
}

const choices = {
  friction: {
    score: 1,
    description: 'the user had to repeat, correct or rephrase, complained, or gave up because of the assistant',
  },
  no_friction: { score: 0, description: 'the user got along without trouble that the assistant caused' },
};

const prompt = `Judge whether the user of a conversation met with friction.

The conversation:
{{conversation}}

Signs of friction, in what the user writes: saying the same again, correcting the assistant, "that is not what I asked", \
rephrasing a request that was clear, complaint, sarcasm, capitals or swearing out of impatience, asking for a person, \
breaking off with the matter unsettled. Follow-up questions, new wishes, a bad mood about something else, and details that \
the assistant rightly asked for are not friction. Judge by the user's messages; the assistant's only explain them.`;
