import { AssayError, needObject, type UsageReport } from '@assay/core';
import { type LanguageModel, type LanguageModelMiddleware, simulateReadableStream, wrapLanguageModel } from 'ai';
import type { CallCache } from './call-cache.ts';
import { answerKey, callKey } from './call-key.ts';
import { Occurrences } from './occurrences.ts';
import { answerText, readAnswer, readStream, type StreamPart, streamText } from './recorded-answer.ts';
import { InFlight } from './in-flight.ts';

/** The run that calls a model: what a task or evaluator is called with fits. */
export interface ReplayCall {
  readonly experiment?: { readonly id: string; readonly metadata: Readonly<Record<string, unknown>> } | undefined;
  readonly example?: { readonly id: string } | undefined;
  readonly repetition?: number | undefined;
  /** Is told of each answer that was replayed, so that the run has no latency and costs nothing. */
  readonly reportUsage?: ((usage: UsageReport) => void) | undefined;
}

export interface ReplayOptions {
  /** Where answers are kept: `store.calls` of `@assay/store`, or `createCallCache()`. */
  readonly cache: CallCache;
  /**
   * Answers are found again under the same namespace. Default: the fingerprint of the experiment's task, so that another
   * task asks anew.
   */
  readonly namespace?: string | undefined;
  /** Gives every repetition the same answers. Default false: each has its own. */
  readonly shareRepetitions?: boolean | undefined;
}

/** A model of the AI SDK; not its name alone. */
export type WrappableModel = Exclude<LanguageModel, string>;

/** Gives a model that answers from the cache where it can. */
export type Replay = (model: WrappableModel, call?: ReplayCall) => ReturnType<typeof wrapLanguageModel>;

/**
 * Keeps what models answer, and gives the same answer to the same call when an experiment is run again: without a call,
 * without cost, at once. Streams too.
 *
 * Calls are the same when their model, prompt, settings, tools and form of answer are, in the same repetition and
 * namespace; the n-th equal call of a run gets the n-th answer. Calls that fail, break off or are not read to their end are
 * not kept. Two runs that make the same call at once make one.
 *
 * A replayed answer has no usage, and `providerMetadata.assay.replayed`. A run with one has `usage.replayedCalls` and no
 * latency.
 *
 * @example
 * ```ts
 * import { createCallCache, createReplay } from '@assay/evaluators';
 * import { defineExperiment } from '@assay/core';
 * import { generateText, type LanguageModel } from 'ai';
 *
 * const replay = createReplay({ cache: createCallCache() });
 *
 * export const answers = (model: Exclude<LanguageModel, string>) =>
 *   defineExperiment({
 *     dataset: [{ input: 'What is the capital of Peru?' }],
 *     task: async (run) => (await generateText({ model: replay(model, run), prompt: run.input })).text,
 *   });
 * ```
 */
export function createReplay(options: ReplayOptions): Replay {
  const { cache, namespace, shareRepetitions = false } = needObject('a replay as { cache }', options, 'invalid-config');
  if (typeof cache?.get !== 'function' || typeof cache.put !== 'function')
    throw new AssayError(
      'invalid-config',
      'Expected cache to have get and put, such as store.calls or createCallCache()',
    );
  const occurrences = new Occurrences();
  const inFlight = InFlight.of(cache);

  return (model, call = {}) => {
    if (typeof model === 'string')
      throw new AssayError('invalid-config', `Expected a model of an AI SDK provider to replay, got its name ${model}`);
    const { repetition = 1, experiment, example, reportUsage } = call;
    const scope = JSON.stringify([experiment?.id, example?.id, repetition]);
    const keyOf = (kind: 'generate' | 'stream', params: object): string =>
      callKey({
        kind,
        namespace: namespace ?? taskFingerprint(experiment?.metadata),
        repetition: shareRepetitions ? null : repetition,
        provider: model.provider,
        modelId: model.modelId,
        params,
      });

    const middleware: LanguageModelMiddleware = {
      wrapGenerate: async ({ doGenerate, params }) => {
        const equal = keyOf('generate', params);
        const { number, giveBack } = occurrences.take(scope, equal);
        const key = answerKey(equal, number);
        const turn = await inFlight.turn(key, params.abortSignal, giveBack);
        try {
          const text = await kept(cache, key);
          const replayed = text === null ? null : readAnswer(text);
          if (replayed !== null) {
            reportUsage?.({ replayedCalls: 1 });
            return replayed;
          }
          const result = await doGenerate();
          const answer = answerText(result);
          if (answer === null) giveBack();
          else await keep(cache, key, answer);
          return result;
        } catch (error) {
          giveBack();
          throw error;
        } finally {
          turn.end();
        }
      },

      wrapStream: async ({ doStream, params }) => {
        const equal = keyOf('stream', params);
        const { number, giveBack } = occurrences.take(scope, equal);
        const key = answerKey(equal, number);
        const turn = await inFlight.turn(key, params.abortSignal, giveBack);
        try {
          const text = await kept(cache, key);
          const parts = text === null ? null : readStream(text);
          if (parts !== null) {
            turn.end();
            reportUsage?.({ replayedCalls: 1 });
            return { stream: simulateReadableStream({ chunks: parts, initialDelayInMs: null, chunkDelayInMs: null }) };
          }
          const { stream, ...rest } = await doStream();
          const ended = async (read: readonly StreamPart[]): Promise<void> => {
            const whole = streamText(read);
            if (whole === null) giveBack();
            else await keep(cache, key, whole);
            turn.end();
          };
          return { ...rest, stream: recorded(stream, ended) };
        } catch (error) {
          giveBack();
          turn.end();
          throw error;
        }
      },
    };
    return wrapLanguageModel({ model, middleware });
  };
}

function taskFingerprint(metadata: Readonly<Record<string, unknown>> | undefined): string {
  const fingerprint = metadata?.['assay.fingerprint'];
  return typeof fingerprint === 'object' && fingerprint !== null && 'task' in fingerprint
    ? String(fingerprint.task)
    : '';
}

/** A cache that fails costs the replay, never the call. */
async function kept(cache: CallCache, key: string): Promise<string | null> {
  try {
    return await cache.get(key);
  } catch {
    return null;
  }
}

async function keep(cache: CallCache, key: string, text: string): Promise<void> {
  try {
    await cache.put(key, text);
  } catch {
    // The answer is there, and has been paid for.
  }
}

/** Passes a stream on as it comes, and hears what was read of it when it ends, fails, or nobody reads on. */
function recorded(
  stream: ReadableStream<StreamPart>,
  ended: (read: readonly StreamPart[]) => Promise<void>,
): ReadableStream<StreamPart> {
  const read: StreamPart[] = [];
  const reader = stream.getReader();
  return new ReadableStream<StreamPart>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          read.push(value);
          controller.enqueue(value);
          return;
        }
        await ended(read);
        controller.close();
      } catch (error) {
        await ended([]);
        controller.error(error);
      }
    },
    cancel: async (reason) => {
      await ended([]);
      await reader.cancel(reason);
    },
  });
}
