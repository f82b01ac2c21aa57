import { AssayError, needObject } from '@assay/core';
import { calcPrice, findProvider, type Provider } from '@pydantic/genai-prices';

/** What one call of a model used. */
export interface ModelUsage {
  /** All tokens of the prompt, those from a cache included. */
  readonly promptTokens: number | null | undefined;
  readonly completionTokens: number | null | undefined;
  /** The part of `promptTokens` that was read from the provider's cache. */
  readonly cachedPromptTokens?: number | null | undefined;
  /** The part of `promptTokens` that was written to the provider's cache, where that has a price of its own. */
  readonly cacheWrittenPromptTokens?: number | null | undefined;
}

/** A price in US dollars per million tokens. */
export interface ModelPrice {
  readonly promptPerMillion: number;
  readonly completionPerMillion: number;
  /** Of tokens read from the cache. Default: as any other token of the prompt. */
  readonly cachedPromptPerMillion?: number | undefined;
}

/** What calls of models cost. */
export interface PriceList {
  /**
   * US dollars, or `null` where the model, its price or its tokens are not known: never a guess, and never 0 for want of a price.
   *
   * @param model - Such as `gpt-5-mini`; dated versions are found too.
   * @param provider - Who serves it, such as `openai` or the AI SDK's `openai.responses`. Left out or not known to the
   * list, the maker of the model is taken to serve it.
   */
  costOf(usage: ModelUsage, model: string, provider?: string): number | null;
}

/**
 * The prices of `@pydantic/genai-prices` as they were when it was published, with your own before them. No network is used.
 *
 * @param own - Prices by model, such as `my-model`, or by provider and model, such as `azure/gpt-5`.
 * @throws AssayError `invalid-config` for a price that is negative or no number.
 *
 * @example
 * ```ts
 * import { createPriceList } from '@assay/prices';
 *
 * const prices = createPriceList({ 'our-tuned-model': { promptPerMillion: 0.5, completionPerMillion: 2 } });
 * prices.costOf({ promptTokens: 1_000_000, completionTokens: 500_000 }, 'our-tuned-model'); // 1.5
 * prices.costOf({ promptTokens: 1000, completionTokens: 10 }, 'somebody-elses-model'); // null
 * ```
 */
export function createPriceList(own: Readonly<Record<string, ModelPrice>> = {}): PriceList {
  const ofModel = new Map(
    Object.entries(needObject('prices by model as an object', own, 'invalid-config')).map(([model, price]) => [
      model,
      checked(model, price),
    ]),
  );
  return {
    costOf: (usage, model, provider) => {
      const tokens = readTokens(usage);
      if (tokens === null) return null;
      const price = ofModel.get(`${sellerName(provider ?? '')}/${model}`) ?? ofModel.get(model);
      return price === undefined ? publishedCost(tokens, model, provider) : ownCost(tokens, price);
    },
  };
}

/**
 * What a call cost in US dollars by the published prices; `null` where that is not known.
 *
 * @example
 * ```ts
 * import { costOf } from '@assay/prices';
 *
 * costOf({ promptTokens: 1200, completionTokens: 80, cachedPromptTokens: 1000 }, 'gpt-5-mini', 'openai');
 * ```
 */
export const costOf: PriceList['costOf'] = createPriceList().costOf;

interface Tokens {
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
  readonly written: number;
}

/** `null` for what has no price: tokens that are not known, or cannot be. */
function readTokens(usage: ModelUsage): Tokens | null {
  const { promptTokens: prompt, completionTokens: completion } = needObject(
    'usage as { promptTokens, completionTokens }',
    usage,
  );
  const cached = usage.cachedPromptTokens ?? 0;
  const written = usage.cacheWrittenPromptTokens ?? 0;
  if (!isCount(prompt) || !isCount(completion) || !isCount(cached) || !isCount(written)) return null;
  return cached + written > prompt ? null : { prompt, completion, cached, written };
}

function isCount(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function ownCost({ prompt, completion, cached }: Tokens, price: ModelPrice): number {
  const { promptPerMillion, completionPerMillion, cachedPromptPerMillion = promptPerMillion } = price;
  const millionths =
    (prompt - cached) * promptPerMillion + cached * cachedPromptPerMillion + completion * completionPerMillion;
  return millionths / 1_000_000;
}

/** A model on sale: its name there, and a provider that has no other, as finding one among all costs more than the arithmetic. */
interface Offer {
  readonly model: string;
  readonly provider: Provider;
}

const offers = new Map<string, Offer | null>();

/** Names of models may be made up without end, and none of them should be kept for ever. */
const mostOffers = 1000;

function publishedCost(tokens: Tokens, model: string, provider: string | undefined): number | null {
  const usage = {
    input_tokens: tokens.prompt,
    output_tokens: tokens.completion,
    ...(tokens.cached === 0 ? {} : { cache_read_tokens: tokens.cached }),
    ...(tokens.written === 0 ? {} : { cache_write_tokens: tokens.written }),
  };
  try {
    const key = JSON.stringify([provider, model]);
    let offer = offers.get(key);
    if (offer === undefined) {
      offer = offerOf(model, provider, usage);
      if (offers.size >= mostOffers) offers.clear();
      offers.set(key, offer);
    }
    return offer === null ? null : (calcPrice(usage, offer.model, { provider: offer.provider })?.total_price ?? null);
  } catch {
    return null; // its price depends on something that nobody counted
  }
}

/** Sold by its provider where the list knows that one, else by its maker, who may be named in front, as routers do: `openai/gpt-5`. */
function offerOf(model: string, provider: string | undefined, usage: Readonly<Record<string, number>>): Offer | null {
  const served = provider === undefined ? undefined : findProvider({ providerId: sellerName(provider) });
  const [maker, ...rest] = model.split('/');
  const made = served !== undefined || rest.length === 0 ? undefined : findProvider({ providerId: maker! });
  const name = made === undefined ? model : rest.join('/');
  const seller = served ?? made;
  const price = calcPrice(usage, name, seller === undefined ? {} : { provider: seller });
  return price === null ? null : { model: name, provider: { ...price.provider, models: [price.model] } };
}

/** The AI SDK names a provider and its kind of model: `openai.responses`. */
function sellerName(provider: string): string {
  const [name] = provider.split('.');
  return name === 'togetherai' ? 'together' : name!;
}

function checked(model: string, price: ModelPrice): ModelPrice {
  if (typeof price !== 'object' || price === null)
    throw new AssayError(
      'invalid-config',
      `Expected the price of ${model} to be { promptPerMillion, completionPerMillion }, got ${String(price)}`,
    );
  for (const [name, value] of [
    ['promptPerMillion', price.promptPerMillion],
    ['completionPerMillion', price.completionPerMillion],
    ['cachedPromptPerMillion', price.cachedPromptPerMillion ?? 0],
  ] as const) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw new AssayError(
        'invalid-config',
        `Expected ${name} of ${model} to be a number of dollars of at least 0, got ${String(value)}`,
      );
  }
  return price;
}
