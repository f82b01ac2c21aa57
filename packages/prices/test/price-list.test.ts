import { calcPrice } from '@pydantic/genai-prices';
import { describe, expect, test } from 'vitest';
import { costOf, createPriceList, type ModelPrice } from '../src/index.ts';

const million = { promptTokens: 1_000_000, completionTokens: 1_000_000 };

describe('the published prices', () => {
  const published = calcPrice({ input_tokens: 1_000_000, output_tokens: 1_000_000 }, 'gpt-5-mini', {
    providerId: 'openai',
  })!.total_price;

  test.each([
    ['gpt-5-mini', 'openai'],
    ['gpt-5-mini', 'openai.responses'],
    ['gpt-5-mini', 'openai.chat'],
    ['gpt-5-mini-2025-08-07', 'openai'],
    ['gpt-5-mini', undefined],
    ['gpt-5-mini', 'a-proxy-nobody-knows'],
    ['openai/gpt-5-mini', 'gateway'],
  ])('know %s of %s', (model, provider) => {
    expect(costOf(million, model, provider)).toBe(published);
    expect(costOf(million, model, provider)).toBe(published); // the offer found before
  });

  test.each([
    ['claude-sonnet-4-5', 'anthropic.messages'],
    ['gemini-2.5-flash', 'google.generative-ai'],
    ['gemini-2.5-flash', 'google.vertex.chat'],
    ['gpt-4o-mini', 'azure.chat'],
    ['anthropic.claude-sonnet-4-20250514-v1:0', 'amazon-bedrock'],
    ['mistral-small-latest', 'mistral.chat'],
    ['deepseek-chat', 'deepseek.chat'],
    ['grok-4', 'xai.chat'],
    ['command-r', 'cohere.chat'],
  ])('know %s by the name that the AI SDK gives its provider, %s', (model, provider) => {
    expect(costOf({ promptTokens: 1000, completionTokens: 10 }, model, provider)).toBeGreaterThan(0);
  });

  test('charge less for tokens from the cache', () => {
    const fresh = costOf({ promptTokens: 10_000, completionTokens: 0 }, 'gpt-5-mini')!;
    const cached = costOf({ promptTokens: 10_000, completionTokens: 0, cachedPromptTokens: 10_000 }, 'gpt-5-mini')!;
    expect(cached).toBeLessThan(fresh / 2);
    expect(cached).toBeGreaterThan(0);
  });

  test.each([
    ['a model nobody knows', million, 'our-own-model'],
    ['tokens nobody counted', { promptTokens: null, completionTokens: null }, 'gpt-5-mini'],
    ['half the tokens', { promptTokens: 10, completionTokens: undefined }, 'gpt-5-mini'],
    ['tokens that cannot be', { promptTokens: 10, completionTokens: Number.NaN }, 'gpt-5-mini'],
    ['more cached than there are', { promptTokens: 10, completionTokens: 1, cachedPromptTokens: 20 }, 'gpt-5-mini'],
  ])('do not know the cost of %s', (_, usage, model) => {
    expect(costOf(usage, model)).toBeNull();
  });

  test('know that no tokens cost nothing', () => {
    expect(costOf({ promptTokens: 0, completionTokens: 0 }, 'gpt-5-mini')).toBe(0);
  });
});

describe('prices of your own', () => {
  test('go before the published ones, for all providers or one', () => {
    const prices = createPriceList({
      'gpt-5-mini': { promptPerMillion: 1, completionPerMillion: 2 },
      'azure/gpt-5-mini': { promptPerMillion: 3, completionPerMillion: 4 },
      tuned: { promptPerMillion: 1, completionPerMillion: 0, cachedPromptPerMillion: 0.1 },
      free: { promptPerMillion: 0, completionPerMillion: 0 },
    });
    expect(prices.costOf(million, 'gpt-5-mini', 'openai.chat')).toBe(3);
    expect(prices.costOf(million, 'gpt-5-mini', 'azure.chat')).toBe(7);
    expect(prices.costOf({ ...million, cachedPromptTokens: 500_000 }, 'tuned')).toBeCloseTo(0.55, 12);
    expect(prices.costOf(million, 'free')).toBe(0);
    expect(prices.costOf(million, 'gpt-5')).toBe(costOf(million, 'gpt-5'));
    expect(prices.costOf(million, 'toString')).toBeNull();
  });

  test.each([
    [{ promptPerMillion: -1, completionPerMillion: 1 }, 'Expected promptPerMillion of mine to be a number of dollars'],
    [{ promptPerMillion: 1, completionPerMillion: Number.NaN }, 'completionPerMillion of mine'],
    [{ promptPerMillion: 1 }, 'completionPerMillion of mine to be a number of dollars of at least 0, got undefined'],
    [{ promptPerMillion: 1, completionPerMillion: 1, cachedPromptPerMillion: -0.1 }, 'cachedPromptPerMillion of mine'],
    [null, 'Expected the price of mine to be { promptPerMillion, completionPerMillion }, got null'],
    [0.25, 'got 0.25'],
  ])('are refused when they are %j', (price, message) => {
    expect(() => createPriceList({ mine: price as ModelPrice })).toThrowError(
      expect.objectContaining({ code: 'invalid-config', message: expect.stringContaining(message) }),
    );
  });
});
