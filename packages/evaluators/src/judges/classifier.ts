import { AssayError, type Direction, needObject } from '@assay/core';
import type { LanguageModel } from 'ai';
import { z } from 'zod';
import { createAsk } from './ask.ts';
import { defineJudge, type Judge, type JudgeOptions, modelName } from './judge.ts';
import { fillPrompt, nothingToAskAbout, type Prompt, type PromptMessage, readPrompt, runVariables } from './prompt.ts';
import type { TemplateParams } from './template.ts';

/** A label's score, with what the label means when its name does not say it. `null`: a label without a score. */
export type Choice = number | { readonly score: number | null; readonly description: string };

export interface ClassifierOptions<Text extends Prompt = Prompt> extends JudgeOptions {
  readonly name: string;
  /** Any language model of the AI SDK. */
  readonly model: LanguageModel;
  /** What the judge may say: scores by label, or a list of labels without scores. At least two. */
  readonly choices: Readonly<Record<string, Choice>> | readonly string[];
  /** What to judge: a template with `{{output}}`, `{{input.question}}`, `{{expected?}}`, or messages of such. */
  readonly prompt: Text;
  /** Default `maximize`. */
  readonly direction?: Direction | undefined;
  /** The names a template may ask for. Default: what a run gives, `input, output, expected, reference, metadata`. */
  readonly variables?: readonly string[] | undefined;
  /** Which prompt it is, such as `tone@2`: goes on record as `assay.prompt`. */
  readonly promptVersion?: string | undefined;
}

/**
 * Makes a judge that puts each output into one of several classes. The model explains first and names a label then; the
 * label gives the score.
 *
 * An answer that cannot be read, or a label outside the choices, is a failed evaluation whose error holds the raw text.
 * An example without `expected` is skipped when the prompt asks for it; `{{expected?}}` may be missing. Values stand
 * between tags, and the judge is told to follow no instructions in them.
 *
 * @throws AssayError `invalid-config` for fewer than two choices, a score that is not a number, or a variable in the
 * prompt that is not offered.
 *
 * @example
 * ```ts
 * import { createClassifier } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const tone = (model: LanguageModel) =>
 *   createClassifier({
 *     name: 'tone',
 *     model,
 *     choices: { polite: 1, curt: 0.5, rude: 0 },
 *     prompt: 'How does this reply sound to the customer who wrote the question?\n\n{{input}}\n\n{{output}}',
 *   });
 * ```
 */
export function createClassifier<const Text extends string | readonly PromptMessage[]>(
  options: ClassifierOptions<Text>,
): Judge<TemplateParams<Text>> {
  const {
    name,
    model,
    prompt,
    direction = 'maximize',
    variables = runVariables,
    promptVersion,
  } = needObject('a classifier as { name, model, choices, prompt }', options, 'invalid-config');
  const choices = readChoices(name, options.choices);
  const read = readPrompt(prompt, variables);
  const labels = [...choices.keys()] as [string, ...string[]];
  // The explanation comes first, so that the label follows from it and not the other way round.
  const schema = z.object({ explanation: z.string(), label: z.enum(labels) });
  const format = answerFormat(choices);
  const ask = createAsk(model, options);
  const metadata = {
    'assay.model': modelName(model),
    ...(promptVersion === undefined ? {} : { 'assay.prompt': promptVersion }),
  };

  return defineJudge<TemplateParams<Text>>({
    ...options,
    direction,
    fingerprint: [modelName(model), prompt, [...choices], options.settings, promptVersion],
    judge: async (params) => {
      const skipped = nothingToAskAbout(read, params);
      if (skipped !== null) return skipped;
      const { explanation, label } = await ask({ ...fillPrompt(read, params, format), schema }, params);
      return { score: choices.get(label)?.score ?? null, label, explanation, metadata };
    },
  });
}

interface ReadChoice {
  readonly score: number | null;
  readonly description: string | null;
}

function readChoices(name: string, choices: ClassifierOptions['choices']): ReadonlyMap<string, ReadChoice> {
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(choices)
    ? choices.map((label: string) => [label, { score: null, description: null }] as const)
    : Object.entries(choices ?? {});
  const read = entries.map(([label, choice]): [string, ReadChoice] => {
    const { score, description } =
      typeof choice === 'object' && choice !== null ? (choice as ReadChoice) : { score: choice, description: null };
    if (typeof label !== 'string' || label.trim() === '')
      throw invalid(name, 'labels that are some text', JSON.stringify(label));
    if (score !== null && (typeof score !== 'number' || !Number.isFinite(score)))
      throw invalid(name, `a finite number as the score of ${label}`, String(score));
    return [label, { score, description: description ?? null }];
  });
  const map = new Map(read);
  if (map.size < 2) throw invalid(name, 'at least two choices', String(map.size));
  return map;
}

function invalid(name: string, expected: string, got: string): AssayError {
  return new AssayError('invalid-config', `Expected judge ${name} to have ${expected}, got ${got}`);
}

function answerFormat(choices: ReadonlyMap<string, ReadChoice>): string {
  const described = [...choices].flatMap(([label, { description }]) =>
    description === null ? [] : [`- ${JSON.stringify(label)}: ${description}`],
  );
  return [
    ...(described.length === 0 ? [] : [`The labels:\n${described.join('\n')}`]),
    `Answer with one JSON object and nothing else. First the explanation, in one to three sentences, then the label that follows from it:
{"explanation": "…", "label": ${[...choices.keys()].map((label) => JSON.stringify(label)).join(' or ')}}`,
  ].join('\n\n');
}
