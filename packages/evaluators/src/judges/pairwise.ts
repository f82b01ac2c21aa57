import { type Direction, type EvaluationResult, needObject } from '@assay/core';
import type { LanguageModel } from 'ai';
import { z } from 'zod';
import { declined } from '../result.ts';
import { createAsk } from './ask.ts';
import { defineJudge, type Judge, type JudgeOptions, modelName } from './judge.ts';
import { fillPrompt, type Prompt, type PromptMessage, readPrompt, runVariables } from './prompt.ts';
import type { TemplateParams } from './template.ts';

export interface PairwiseOptions<Text extends Prompt = Prompt> extends JudgeOptions {
  readonly name: string;
  readonly model: LanguageModel;
  /** What makes one better: a template with `{{first}}` and `{{second}}`, the two answers, and what else it needs. */
  readonly prompt: Text;
  readonly direction?: Direction | undefined;
  readonly variables?: readonly string[] | undefined;
  /** Goes on record as `assay.prompt`. */
  readonly promptVersion?: string | undefined;
}

/** What a pairwise judge compares, and what its prompt asks for beside. */
export type PairwiseParams<Text> = { readonly output: unknown; readonly expected: unknown } & Omit<
  TemplateParams<Text>,
  'first' | 'second'
>;

/**
 * Makes a judge that says whether the output is better than what was expected, or than any other answer that
 * `bindEvaluator` hands it as `expected`. It asks twice within one time-out, with the two in either order (MT-Bench: Zheng et al. 2023).
 *
 * Score 1 and label `better`, ½ and `tie`, 0 and `worse`. Only what holds in both orders counts: anything else is a tie.
 * In the metadata: `consistent`, and `positionBias`, which is `first` or `second` when the judge preferred that place both
 * times, else `null`. Skipped when nothing is expected.
 *
 * @throws AssayError `invalid-config` for a variable in the prompt that is not offered.
 *
 * @example
 * ```ts
 * import { createPairwise } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const moreHelpful = (model: LanguageModel) =>
 *   createPairwise({ name: 'more helpful', model, prompt: 'Which answer helps the asker more?\n\n{{input}}\n\n{{first}}\n\n{{second}}' });
 * ```
 */
export function createPairwise<const Text extends string | readonly PromptMessage[]>(
  options: PairwiseOptions<Text>,
): Judge<PairwiseParams<Text>> {
  const {
    model,
    prompt,
    direction = 'maximize',
    variables = runVariables,
    promptVersion,
  } = needObject('a pairwise judge as { name, model, prompt }', options, 'invalid-config');
  const read = readPrompt(prompt, ['first', 'second', ...variables]);
  const ask = createAsk(model, options);
  const about = {
    'assay.model': modelName(model),
    ...(promptVersion === undefined ? {} : { 'assay.prompt': promptVersion }),
  };

  return defineJudge<PairwiseParams<Text>>({
    ...options,
    direction,
    fingerprint: [modelName(model), prompt, options.settings, promptVersion],
    judge: async (params) => {
      const { output, expected } = params;
      if (expected === null || expected === undefined) return declined('Nothing is expected of this example');
      const choose = (first: unknown, second: unknown) =>
        ask({ ...fillPrompt(read, { ...params, first, second }, format), schema }, params);
      // One after the other: a slot of the run is one call open at once.
      const outputFirst = await choose(output, expected);
      const outputSecond = await choose(expected, output);
      return bothOrders(outputFirst, outputSecond, about);
    },
  });
}

const schema = z.object({ explanation: z.string(), choice: z.enum(['first', 'second', 'tie']) });
type Preference = z.infer<typeof schema>;

const format = `The order in which the two stand means nothing, nor does their length.
Answer with one JSON object and nothing else. First compare them in one to three sentences, then choose; "tie" when neither is better:
{"explanation": "…", "choice": "first" or "second" or "tie"}`;

function bothOrders(
  outputFirst: Preference,
  outputSecond: Preference,
  about: Readonly<Record<string, unknown>>,
): EvaluationResult {
  const wins = Number(outputFirst.choice === 'first') + Number(outputSecond.choice === 'second');
  const losses = Number(outputFirst.choice === 'second') + Number(outputSecond.choice === 'first');
  const samePlace = outputFirst.choice === outputSecond.choice && outputFirst.choice !== 'tie';
  const label = wins === 2 ? 'better' : losses === 2 ? 'worse' : 'tie';
  return {
    score: wins === 2 ? 1 : losses === 2 ? 0 : 0.5,
    label,
    explanation: `With the output first: ${outputFirst.explanation}\nWith the output second: ${outputSecond.explanation}`,
    metadata: {
      ...about,
      choices: { outputFirst: outputFirst.choice, outputSecond: outputSecond.choice },
      consistent: wins === 2 || losses === 2 || wins + losses === 0,
      positionBias: samePlace ? outputFirst.choice : null,
    },
  };
}
