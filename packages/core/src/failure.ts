/** How errors of tasks and evaluators are read: what is worth another try, what is a refusal, what is the provider's fault. */

const finalStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 422]);
const refusalStatuses: ReadonlySet<number> = new Set([429, 529]);
const accountStatuses: ReadonlySet<number> = new Set([401, 402, 403]);
/** Of Node's sockets and of undici, whose `fetch` names some of the same failures in its own way. */
const connectionCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** Thrown into an attempt that took longer than it may. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`Timed out after ${timeoutMs % 1000 === 0 ? `${timeoutMs / 1000} s` : `${timeoutMs} ms`}`);
    this.timeoutMs = timeoutMs;
  }
}

/** Whether another try may help: not for a status that the same request would meet again, nor for `isRetryable: false`. */
export function isRetryable(error: unknown): boolean {
  if (field(error, 'isRetryable') === false) return false;
  const status = statusOf(error);
  return status === null || !finalStatuses.has(status);
}

/**
 * Whether a provider said "slow down": status 429 or 529, or a name or code that says so, here or in a cause. A quota that
 * is used up comes as a 429 too, but no wait brings it back.
 */
export function isRateLimitError(error: unknown): boolean {
  const chain = chainOf(error);
  if (chain.some(isOutOfQuota)) return false;
  return chain.some((link) => {
    const status = statusOf(link);
    return (
      (status !== null && refusalStatuses.has(status)) ||
      /rate_?limit|throttl/i.test(`${text(link, 'name')} ${text(link, 'code')}`)
    );
  });
}

/** Whether an error is the provider's and not the row's: an account, a quota, a connection, a server error, a time-out. */
export function isProviderFailure(error: unknown): boolean {
  return chainOf(error).some((link) => {
    const status = statusOf(link);
    if (status !== null && (accountStatuses.has(status) || status >= 500)) return true;
    const code = text(link, 'code');
    return connectionCodes.has(code) || text(link, 'name') === 'TimeoutError' || isOutOfQuota(link);
  });
}

function isOutOfQuota(error: unknown): boolean {
  return ['code', 'type', 'message'].some((name) => text(error, name).includes('insufficient_quota'));
}

/**
 * How long a provider asks to wait, in milliseconds; `null` when it does not say.
 *
 * Reads `retry-after-ms`, `retry-after` (seconds or a date), and, when nothing remains in the window, when it resets.
 */
export function retryAfterMs(error: unknown): number | null {
  for (const link of chainOf(error)) {
    const headers =
      field(link, 'headers') ?? field(link, 'responseHeaders') ?? field(field(link, 'response'), 'headers');
    const header = (name: string): string | null => headerOf(headers, name);
    const wait =
      milliseconds(header('retry-after-ms')) ??
      secondsOrDate(header('retry-after')) ??
      (header('x-ratelimit-remaining-requests') === '0' ? span(header('x-ratelimit-reset-requests')) : null) ??
      (header('ratelimit-remaining') === '0' ? secondsOrDate(header('ratelimit-reset')) : null);
    if (wait !== null) return Math.max(0, wait);
  }
  return null;
}

/** The error, its causes, and what wrappers such as the AI SDK's `RetryError` keep as the last one. */
function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link !== undefined && link !== null && chain.length < 8 && !chain.includes(link);) {
    chain.push(link);
    link = field(link, 'cause') ?? field(link, 'lastError');
  }
  return chain;
}

function statusOf(error: unknown): number | null {
  const status = field(error, 'status') ?? field(error, 'statusCode') ?? field(field(error, 'response'), 'status');
  return typeof status === 'number' ? status : null;
}

/** A field of what was thrown; none where reading it throws, as a getter or a proxy may: that must not end the run. */
function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

function headerOf(headers: unknown, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  if ('get' in headers && typeof headers.get === 'function') {
    const value: unknown = headers.get(name);
    return typeof value === 'string' ? value : null;
  }
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return found === undefined || found === null ? null : String(found);
}

function milliseconds(value: string | null): number | null {
  return value !== null && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null;
}

function secondsOrDate(value: string | null): number | null {
  const seconds = milliseconds(value);
  if (seconds !== null) return seconds * 1000;
  const date = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(date) ? null : date - Date.now();
}

/** A span of time as OpenAI writes it, such as `6m0s` or `120ms`. */
function span(value: string | null): number | null {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...(value ?? '').matchAll(/([\d.]+)(ms|s|m|h)/g)];
  return parts.length === 0
    ? null
    : parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit ?? 's']!, 0);
}
