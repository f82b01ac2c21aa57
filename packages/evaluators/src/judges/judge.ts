import {
  AssayError,
  type Direction,
  type EvaluationResult,
  type Evaluator,
  type RateLimit,
  type UsageReport,
} from '@assay/core';
import type { PriceList } from '@assay/prices';
import type { LanguageModel } from 'ai';
import type { Replay } from '../replay/replay.ts';

/** What a run hands to a judge beside what there is to judge. By hand it may be left out. */
export interface JudgeCall {
  /** Ends the call of the model. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what each call of the model used, also when its answer could not be read. */
  readonly reportUsage?: ((usage: UsageReport) => void) | undefined;
  /** Which run is judged, by which answers of its judges are found again. */
  readonly experiment?: { readonly id: string } | undefined;
  readonly example?: { readonly id: string } | undefined;
  readonly repetition?: number | undefined;
}

/**
 * An evaluator that asks a model. It is a function too: `await judge({ input, output })`.
 *
 * A judge throws a `JudgeAnswerError` when the answer cannot be read, and whatever the provider's call throws.
 */
export interface Judge<Params> extends Evaluator<Params & JudgeCall> {
  (params: Params & JudgeCall): Promise<EvaluationResult>;
  readonly kind: 'LLM';
  readonly direction: Direction;
  readonly evaluate: (params: Params & JudgeCall) => Promise<EvaluationResult>;
}

/** How a model is called for a judgement. What is left out is the provider's default. */
export interface ModelSettings {
  readonly temperature?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly seed?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

/** What every judge may be given. */
export interface JudgeOptions {
  /** Default: the judge's own name. */
  readonly name?: string | undefined;
  readonly settings?: ModelSettings | undefined;
  /**
   * Default `auto`: the answer's schema goes to the provider, unless the model turns out not to take one. `never`: it is
   * described in words only. The answer is checked in any case.
   */
  readonly structuredOutput?: 'auto' | 'never' | undefined;
  /** What the model costs. Default: the published prices of `@assay/prices`. */
  readonly prices?: PriceList | undefined;
  /** Replays the judge's answers when the same output is judged again. Its model must be more than a name. */
  readonly replay?: Replay | undefined;
  /** These three default to the run's. Retries are core's: the AI SDK makes one call each time. */
  readonly retries?: number | undefined;
  readonly timeoutMs?: number | null | undefined;
  readonly rateLimit?: RateLimit | undefined;
}

interface Definition<Params> extends JudgeOptions {
  readonly name: string;
  readonly direction: Direction;
  /** What tells this judge from another of its name. */
  readonly fingerprint: unknown;
  readonly judge: (params: Params & JudgeCall) => Promise<EvaluationResult>;
}

/** Makes a function that is an evaluator of kind `LLM`. */
export function defineJudge<Params>({
  name,
  direction,
  judge,
  fingerprint,
  retries,
  timeoutMs,
  rateLimit,
}: Definition<Params>): Judge<Params> {
  const evaluator = async (params: Params & JudgeCall): Promise<EvaluationResult> => judge(params);
  const fields = {
    name,
    kind: 'LLM',
    direction,
    evaluate: evaluator,
    retries,
    timeoutMs,
    rateLimit,
    fingerprint: JSON.stringify([name, fingerprint]),
  };
  for (const [key, value] of Object.entries(fields)) Object.defineProperty(evaluator, key, { value, enumerable: true });
  return evaluator as unknown as Judge<Params>;
}

/** `provider/model`. @throws AssayError `invalid-config` for what is no model. */
export function modelName(model: LanguageModel): string {
  const isModel =
    typeof model === 'string' ? model !== '' : typeof model === 'object' && model !== null && 'modelId' in model;
  if (!isModel)
    throw new AssayError(
      'invalid-config',
      `Expected the model of a judge to be a language model of the AI SDK, got ${typeof model}`,
    );
  return typeof model === 'string' ? model : `${model.provider}/${model.modelId}`;
}
