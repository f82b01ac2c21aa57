import { AssayError } from './errors.ts';
import type { Usage } from './experiment.ts';

/** What a call used, as it is reported; what is left out is not known. */
export interface UsageReport {
  readonly promptTokens?: number | null | undefined;
  readonly completionTokens?: number | null | undefined;
  readonly costUsd?: number | null | undefined;
}

/** Adds up what calls used. A part that nobody knows stays `null`. */
export class UsageSum {
  #promptTokens: number | null = null;
  #completionTokens: number | null = null;
  #costUsd: number | null = null;

  add(usage: UsageReport | null): void {
    if (usage === null) return;
    this.#promptTokens = sum(this.#promptTokens, usage.promptTokens);
    this.#completionTokens = sum(this.#completionTokens, usage.completionTokens);
    this.#costUsd = sum(this.#costUsd, usage.costUsd);
  }

  total(): Usage {
    return { promptTokens: this.#promptTokens, completionTokens: this.#completionTokens, costUsd: this.#costUsd };
  }
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
  for (const name of ['promptTokens', 'completionTokens', 'costUsd']) {
    const value = (usage as Readonly<Record<string, unknown>>)[name] ?? 0;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw new AssayError('invalid-input', `Expected ${name} to be a number of at least 0, got ${String(value)}`);
  }
}

function sum(total: number | null, more: number | null | undefined): number | null {
  return more === null || more === undefined ? total : (total ?? 0) + more;
}
