import { AssayError } from './errors.ts';
import type { Usage } from './experiment.ts';

/** What a call used, as it is reported; what is left out is not known. */
export interface UsageReport {
  readonly promptTokens?: number | null | undefined;
  readonly completionTokens?: number | null | undefined;
  readonly costUsd?: number | null | undefined;
  /** The part of `promptTokens` that the provider read from its cache. */
  readonly cachedPromptTokens?: number | null | undefined;
  /** Answers of models that were replayed rather than asked for. A run with one has no latency. */
  readonly replayedCalls?: number | null | undefined;
}

/** Adds up what calls used. A part that nobody knows stays `null`. */
export class UsageSum {
  #promptTokens: number | null = null;
  #completionTokens: number | null = null;
  #costUsd: number | null = null;
  #cachedPromptTokens: number | null = null;
  #replayedCalls = 0;

  add(usage: UsageReport | null): void {
    if (usage === null) return;
    this.#promptTokens = sum(this.#promptTokens, usage.promptTokens);
    this.#completionTokens = sum(this.#completionTokens, usage.completionTokens);
    this.#costUsd = sum(this.#costUsd, usage.costUsd);
    this.#cachedPromptTokens = sum(this.#cachedPromptTokens, usage.cachedPromptTokens);
    this.#replayedCalls += usage.replayedCalls ?? 0;
  }

  total(): Usage {
    const cached = this.#cachedPromptTokens;
    const replayed = this.#replayedCalls;
    return {
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      costUsd: this.#costUsd,
      ...(cached === null || cached === 0 ? {} : { cachedPromptTokens: cached }),
      ...(replayed === 0 ? {} : { replayedCalls: replayed }),
    };
  }
}

/**
 * What a call used, by its own report and by its trace. A figure that was reported beats that of the trace, and the two are
 * never added, as both tell of the same calls.
 */
export function reportedOrTraced(reported: Usage | null, traced: UsageReport | null): Usage | null {
  if (traced === null) return reported;
  const sum = new UsageSum();
  sum.add({
    promptTokens: reported?.promptTokens ?? traced.promptTokens,
    completionTokens: reported?.completionTokens ?? traced.completionTokens,
    costUsd: reported?.costUsd ?? traced.costUsd,
    // A part of the prompt tokens, so from where those are from.
    cachedPromptTokens: isKnown(reported?.promptTokens) ? reported?.cachedPromptTokens : traced.cachedPromptTokens,
    replayedCalls: reported?.replayedCalls,
  });
  return sum.total();
}

/** What a trace tells beyond the report. */
export function onlyTraced(reported: Usage | null, traced: UsageReport): UsageReport {
  const hasTokens = isKnown(reported?.promptTokens) || isKnown(reported?.completionTokens);
  return {
    ...(hasTokens ? {} : { promptTokens: traced.promptTokens, completionTokens: traced.completionTokens }),
    ...(isKnown(reported?.costUsd) ? {} : { costUsd: traced.costUsd }),
  };
}

/** Hears what the attempts of one task or evaluator use: a failed attempt is paid for too. */
export class UsageMeter {
  #sum: UsageSum | undefined;

  /** @throws AssayError `invalid-input` for anything but numbers of at least 0. */
  report(usage: UsageReport): void {
    checkReport(usage);
    (this.#sum ??= new UsageSum()).add(usage);
  }

  /** `null` when nothing was reported. */
  total(): Usage | null {
    return this.#sum?.total() ?? null;
  }
}

function checkReport(usage: unknown): void {
  if (typeof usage !== 'object' || usage === null)
    throw new AssayError(
      'invalid-input',
      `Expected usage to be { promptTokens, completionTokens, costUsd }, got ${String(usage)}`,
    );
  for (const name of ['promptTokens', 'completionTokens', 'costUsd', 'cachedPromptTokens', 'replayedCalls']) {
    const value = (usage as Readonly<Record<string, unknown>>)[name] ?? 0;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw new AssayError('invalid-input', `Expected ${name} to be a number of at least 0, got ${String(value)}`);
  }
}

function sum(total: number | null, more: number | null | undefined): number | null {
  return isKnown(more) ? (total ?? 0) + more : total;
}

function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}
