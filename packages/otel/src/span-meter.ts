import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UsageReport } from '@assay/core';
import type { PriceList } from '@assay/prices';
import type { Attributes } from '@opentelemetry/api';
import { readSpanUsage, type SpanUsage } from './span-usage.ts';

interface MeteredSpan {
  readonly parentId: string | undefined;
  used: SpanUsage | null;
}

/** Adds up what the calls inside one span used: inside the first that starts, which is the run's own. */
export class SpanMeter {
  readonly #spans = new Map<string, MeteredSpan>();
  #ownId: string | undefined;
  #open = 0;

  started(id: string, parentId: string | undefined): void {
    this.#ownId ??= id;
    if (id === this.#ownId) return;
    this.#spans.set(id, { parentId, used: null });
    this.#open += 1;
  }

  ended(id: string, attributes: Attributes): void {
    const span = this.#spans.get(id);
    if (span === undefined) return;
    span.used = readSpanUsage(attributes);
    this.#open -= 1;
  }

  /** `null` when no span within says what it used. Cost is `null` when that of any call is not known. */
  async total(prices: PriceList | undefined): Promise<UsageReport | null> {
    // The spans of a stream end just after its text has come.
    if (this.#open > 0) await nextTurn();
    const calls = this.#innermost();
    if (calls.length === 0) return null;
    // 0.8 MB of prices are loaded when there is the first thing to price.
    const { costOf } = prices ?? (await import('@assay/prices'));
    const costs = calls.map(
      (call) => call.costUsd ?? (call.model === null ? null : costOf(call, call.model, call.provider)),
    );
    const cached = calls.reduce((total, { cachedPromptTokens }) => total + (cachedPromptTokens ?? 0), 0);
    return {
      promptTokens: sum(calls.map(({ promptTokens }) => promptTokens)),
      completionTokens: sum(calls.map(({ completionTokens }) => completionTokens)),
      costUsd: sum(costs),
      ...(cached === 0 ? {} : { cachedPromptTokens: cached }),
    };
  }

  /** Frameworks repeat on the spans around a call what its own span says: only the innermost that say anything count. */
  #innermost(): readonly SpanUsage[] {
    const around = new Set<string>();
    for (const { parentId, used } of this.#spans.values()) {
      if (used === null) continue;
      for (let id = parentId; id !== undefined && !around.has(id); id = this.#spans.get(id)?.parentId) around.add(id);
    }
    return [...this.#spans].flatMap(([id, { used }]) => (used === null || around.has(id) ? [] : [used]));
  }
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);
}
