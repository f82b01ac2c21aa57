import { AssayError, type Direction, needObject } from '@assay/core';
import type { LanguageModel } from 'ai';
import { z } from 'zod';
import { createAsk } from './ask.ts';
import { defineJudge, type Judge, type JudgeOptions, modelName } from './judge.ts';
import { fillPrompt, nothingToAskAbout, type Prompt, type PromptMessage, readPrompt, runVariables } from './prompt.ts';
import type { TemplateParams } from './template.ts';

export interface RubricOptions<Text extends Prompt = Prompt> extends JudgeOptions {
  readonly name: string;
  readonly model: LanguageModel;
  /** What to judge, and what the ratings mean: a template or messages. */
  readonly prompt: Text;
  /** What to look at, one after the other, before rating. At least one. */
  readonly steps: readonly string[];
  /** The lowest and the highest rating, whole numbers. Default `[1, 5]`. */
  readonly scale?: readonly [lowest: number, highest: number] | undefined;
  readonly direction?: Direction | undefined;
  readonly variables?: readonly string[] | undefined;
  /** Goes on record as `assay.prompt`. */
  readonly promptVersion?: string | undefined;
}

/**
 * Makes a judge that goes through the steps of a rubric, writes down what it finds at each, and then rates the whole (the
 * form-filling of G-Eval: Liu et al. 2023).
 *
 * score = (rating − lowest) ÷ (highest − lowest), so 0 to 1 whatever the scale; the label is the rating. In the metadata:
 * `rating`, and `findings`, one text per step. An answer with another number of findings, or a rating outside the scale,
 * is a failed evaluation with the raw text in its error.
 *
 * @throws AssayError `invalid-config`.
 *
 * @example
 * ```ts
 * import { createRubric } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const clarity = (model: LanguageModel) =>
 *   createRubric({
 *     name: 'clarity',
 *     model,
 *     prompt: 'Rate how clear this explanation is to a beginner, from 1 (lost) to 5 (could teach it).\n\n{{output}}',
 *     steps: ['List the terms that a beginner does not know.', 'Is each of them explained?', 'Does each sentence follow from the one before?'],
 *   });
 * ```
 */
export function createRubric<const Text extends string | readonly PromptMessage[]>(
  options: RubricOptions<Text>,
): Judge<TemplateParams<Text>> {
  const {
    name,
    model,
    prompt,
    steps,
    scale = [1, 5],
    direction = 'maximize',
    variables = runVariables,
    promptVersion,
  } = needObject('a rubric as { name, model, prompt }', options, 'invalid-config');
  const [lowest, highest] = scale;
  checkRubric(name, steps, lowest, highest);
  const read = readPrompt(prompt, variables);
  const ratings = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
  const schema = z.object({
    findings: z
      .array(z.string())
      .refine(({ length }) => length === steps.length, `expected ${steps.length} findings, one for each step`),
    explanation: z.string(),
    rating: z.literal(ratings),
  });
  const format = answerFormat(steps, lowest, highest);
  const ask = createAsk(model, options);
  const about = {
    'assay.model': modelName(model),
    ...(promptVersion === undefined ? {} : { 'assay.prompt': promptVersion }),
  };

  return defineJudge<TemplateParams<Text>>({
    ...options,
    direction,
    fingerprint: [modelName(model), prompt, steps, scale, options.settings, promptVersion],
    judge: async (params) => {
      const skipped = nothingToAskAbout(read, params);
      if (skipped !== null) return skipped;
      const { findings, explanation, rating } = await ask({ ...fillPrompt(read, params, format), schema }, params);
      return {
        score: (rating - lowest) / (highest - lowest),
        label: String(rating),
        explanation,
        metadata: { ...about, rating, findings },
      };
    },
  });
}

function checkRubric(name: string, steps: unknown, lowest: number, highest: number): void {
  if (
    !Array.isArray(steps) ||
    steps.length === 0 ||
    steps.some((step) => typeof step !== 'string' || step.trim() === '')
  ) {
    throw new AssayError(
      'invalid-config',
      `Expected rubric ${name} to have steps, each some text, got ${Array.isArray(steps) ? 'none or an empty one' : typeof steps}`,
    );
  }
  if (!Number.isInteger(lowest) || !Number.isInteger(highest) || highest <= lowest || highest - lowest > 100) {
    throw new AssayError(
      'invalid-config',
      `Expected scale of rubric ${name} to be two whole numbers, the lower first and at most 100 apart, got ${lowest} and ${highest}`,
    );
  }
}

function answerFormat(steps: readonly string[], lowest: number, highest: number): string {
  return `Go through these steps in order, and write one finding for each:
${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}

Then explain in one to three sentences what follows from the findings, and rate from ${lowest} to ${highest} in whole numbers.
Answer with one JSON object and nothing else:
{"findings": [${steps.map(() => '"…"').join(', ')}], "explanation": "…", "rating": ${lowest} to ${highest}}`;
}
