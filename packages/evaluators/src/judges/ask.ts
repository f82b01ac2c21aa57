import { AssayError, type UsageReport } from '@assay/core';
import {
  APICallError,
  generateText,
  type LanguageModel,
  NoObjectGeneratedError,
  Output,
  UnsupportedFunctionalityError,
} from 'ai';
import type { z } from 'zod';
import type { ModelAnswer, PriceList, UsageOptions } from '@assay/prices';
import { readAnswer } from './answer.ts';
import type { JudgeCall, JudgeOptions } from './judge.ts';
import type { Replay, WrappableModel } from '../replay/replay.ts';
import type { PromptMessage } from './prompt.ts';

/** One question to a judge, and the shape of its answer. */
export interface Question<Answer> {
  readonly instructions: string;
  readonly messages: readonly PromptMessage[];
  readonly schema: z.ZodType<Answer>;
}

/** Asks a model and reads its answer. */
export type Ask = <Answer>(question: Question<Answer>, call: JudgeCall) => Promise<Answer>;

/**
 * Asks a model by the AI SDK, once per call: retries, limits and time-outs are core's. The usage of each call is reported
 * before its answer is looked at, as an answer that cannot be read has been paid for too.
 */
export function createAsk(
  model: LanguageModel,
  { structuredOutput = 'auto', settings = {}, prices, replay }: JudgeOptions,
): Ask {
  if (replay !== undefined && typeof model === 'string')
    throw new AssayError('invalid-config', `Expected a model of an AI SDK provider to replay, got its name ${model}`);
  let structured = structuredOutput === 'auto';

  return async (question, call) => {
    const { signal, reportUsage } = call;
    const generate = (withSchema: boolean) =>
      generateText({
        model: replay === undefined ? model : replayed(replay, model, call),
        instructions: question.instructions,
        messages: question.messages.map(({ role, content }) => ({
          role: role === 'assistant' ? 'assistant' : 'user',
          content,
        })),
        maxRetries: 0,
        ...(signal === undefined ? {} : { abortSignal: signal }),
        ...(withSchema ? { output: Output.object({ schema: question.schema }) } : {}),
        ...defined(settings),
      }).then(
        ({ text, usage, response, finishReason }) => ({ text, usage, response, finishReason: String(finishReason) }),
        (error: unknown) => {
          // The answer was there and is not what was asked for: it is read again here, with its raw text kept.
          if (!NoObjectGeneratedError.isInstance(error)) throw error;
          const { text = '', usage, response, finishReason = 'stop' } = error;
          return { text, usage, response, finishReason: String(finishReason) };
        },
      );

    // Calls that are open side by side are refused side by side: each must be asked again.
    const withSchema = structured;
    const { text, usage, response, finishReason } = await generate(withSchema).catch((error: unknown) => {
      if (!withSchema || !refusesSchema(error)) throw error;
      structured = false;
      return generate(false);
    });
    reportUsage?.(await usageOfAnswer({ usage, response }, model, prices));
    return readAnswer(text, question.schema, finishReason);
  };
}

/** Prices are loaded with the first answer, as they are 0.8 MB. */
export async function usageOfAnswer(
  answer: ModelAnswer,
  model: UsageOptions['model'],
  prices?: PriceList,
): Promise<UsageReport> {
  const { usageOf } = await import('@assay/prices');
  return usageOf(answer, { model, prices });
}

/** What a judge is asked says all that its answer depends on, whatever the task. */
function replayed(replay: Replay, model: LanguageModel, { experiment, ...call }: JudgeCall): LanguageModel {
  return replay(model as WrappableModel, {
    ...call,
    experiment: experiment === undefined ? undefined : { id: experiment.id, metadata: {} },
  });
}

/** Whether a model or its server does not take a schema for its answer. */
function refusesSchema(error: unknown): boolean {
  if (UnsupportedFunctionalityError.isInstance(error)) return true;
  if (!APICallError.isInstance(error) || (error.statusCode !== 400 && error.statusCode !== 422)) return false;
  return /response_?format|json_?schema|structured.?output|response_?schema/i.test(
    `${error.message} ${error.responseBody ?? ''}`,
  );
}

function defined(settings: object): object {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
