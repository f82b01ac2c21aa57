import { AssayError } from '@assay/core';
import { Agent, EnvHttpProxyAgent, type Dispatcher, type FormData, request } from 'undici';
import type { z } from 'zod';
import { readJson, readShape, refusal } from './answer.ts';
import { connectionFailure } from './connection-error.ts';

import { createRedact } from './redact.ts';
import { defaultRetry, type FailedTry, type RetryPolicy, retrying } from './retry.ts';

/** How a client reaches its server. */
export interface TransportOptions {
  /** Scheme, host, port and perhaps a path before the API's own. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the user can set, for messages. */
  readonly hints: { readonly key: string; readonly endpoint: string };
  /** Connections kept open at most. Default 64. */
  readonly connections?: number | undefined;
  /** Milliseconds to wait for an answer to begin, and for each further part of it. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
}

/** One request. */
export interface Call {
  /** Ends the sentence "Could not …". */
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Ready for a URL: its parts are percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;
  /** JSON. */
  readonly body?: unknown;
  readonly form?: FormData;
  /** Whether doing it twice is the same as doing it once. Default: every method but POST. */
  readonly idempotent?: boolean;
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends requests to one server over pooled connections, and turns every failure into an `AssayError`. */
export interface Transport {
  /** The answer as JSON of this shape. */
  send<Schema extends z.ZodType>(call: Call, shape: Schema): Promise<{ readonly data: z.output<Schema> }>;
  /** The answer as text, and the headers. */
  text(call: Call): Promise<{ readonly text: string; readonly headers: Dispatcher.ResponseData['headers'] }>;
  /** Sends, and expects nothing back. */
  done(call: Call): Promise<void>;
  /** The body of the answer as it arrives. Not retried once it has begun. */
  stream(call: Call): AsyncIterable<Uint8Array>;
  /** What the server last said that it is, such as `20.26.1`; `null` before the first answer. */
  serverVersion(): string | null;
  /** Closes the connections, after the requests in hand. */
  close(): Promise<void>;
}

export function createTransport(options: TransportOptions): Transport {
  const { hints, timeoutMs = 60_000 } = options;
  const { origin, base } = readEndpoint(options.endpoint, hints.endpoint);
  const redact = createRedact(options.headers);
  const policy = { ...defaultRetry, ...options.retry };
  const dispatcher = createPool(origin, options.connections ?? 64);
  let version: string | null = null;

  /** Sends once. Resolves with an answer of any status. */
  function sendOnce(call: Call): Promise<Dispatcher.ResponseData> {
    const hasBody = call.body !== undefined;
    const wait = call.timeoutMs ?? timeoutMs;
    return request(`${base}${call.path}${queryText(call.query)}`, {
      dispatcher,
      method: call.method,
      headers: {
        accept: 'application/json',
        ...options.headers,
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...call.headers,
      },
      body: hasBody ? jsonText(call.body) : (call.form ?? null),
      headersTimeout: wait,
      bodyTimeout: wait,
    });
  }

  async function tryOnce<T>(
    call: Call,
    read: (answer: Dispatcher.ResponseData) => Promise<T>,
    number: number,
  ): Promise<{ value: T } | FailedTry> {
    const idempotent = call.idempotent ?? call.method !== 'POST';
    try {
      const answer = await sendOnce(call);
      version = textOf(answer.headers['x-phoenix-server-version']) ?? version;
      if (answer.statusCode < 300) return { value: await read(answer) };
      // The first try may have deleted it without being able to say so.
      if (call.method === 'DELETE' && number > 1 && answer.statusCode === 404) return { value: await read(answer) };
      const error = refusal(call.what, answer, await answer.body.text(), { origin, hints, redact, attempts: number });
      return { error, again: isWorthAnotherTry(answer.statusCode, idempotent), retryAfterMs: error.retryAfterMs };
    } catch (thrown) {
      if (AssayError.is(thrown)) return { error: thrown, again: false, retryAfterMs: null };
      const { error, mayHaveArrived, isPassing } = connectionFailure(
        thrown,
        call.what,
        origin,
        hints,
        call.timeoutMs ?? timeoutMs,
      );
      return { error, again: isPassing && (idempotent || !mayHaveArrived), retryAfterMs: null };
    }
  }

  function sendAll<T>(call: Call, read: (answer: Dispatcher.ResponseData) => Promise<T>): Promise<T> {
    return retrying((number) => tryOnce(call, read, number), policy);
  }

  return {
    async send(call, shape) {
      const data = await sendAll(call, async (answer) => {
        const text = await answer.body.text();
        return readShape(readJson(text, call.what, answer, origin, hints), shape, call.what, version);
      });
      return { data };
    },
    text: (call) => sendAll(call, async (answer) => ({ text: await answer.body.text(), headers: answer.headers })),
    async done(call) {
      await sendAll(call, async (answer) => void (await answer.body.dump()));
    },
    async *stream(call) {
      const body = await sendAll(call, async (answer) => answer.body);
      try {
        for await (const chunk of body) yield chunk as Uint8Array;
      } catch (thrown) {
        throw connectionFailure(thrown, call.what, origin, hints, call.timeoutMs ?? timeoutMs).error;
      }
    },
    serverVersion: () => version,
    close: () => dispatcher.close(),
  };
}

/** Part of a path, encoded. */
export function pathPart(text: string): string {
  // `.` and `..` are not encoded by `encodeURIComponent`, and a URL would climb by them.
  return /^\.{1,2}$/.test(text) ? text.replaceAll('.', '%2E') : encodeURIComponent(text);
}

/** JSON in which half of a surrogate pair is U+FFFD: UTF-8 has no bytes for it, and Phoenix answers 500. */
function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('\\ud') ? text.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\uFFFD') : text;
}

function isWorthAnotherTry(status: number, idempotent: boolean): boolean {
  // A server that answers 429 has not begun; of one that answers 502 to 504 that is not known.
  return status === 429 || (idempotent && status >= 502 && status <= 504);
}

/** A pool that goes through the proxy of the environment, where one is set, unless the server is on this machine. */
function createPool(origin: string, connections: number): Agent | EnvHttpProxyAgent {
  const { HTTP_PROXY, HTTPS_PROXY, http_proxy, https_proxy } = process.env;
  const settings = { connections, connect: { timeout: 10_000 } };
  const isHere = /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:|$)/.test(origin);
  const hasProxy = [HTTP_PROXY, HTTPS_PROXY, http_proxy, https_proxy].some(
    (proxy) => proxy !== undefined && proxy !== '',
  );
  return hasProxy && !isHere ? new EnvHttpProxyAgent(settings) : new Agent(settings);
}

function readEndpoint(endpoint: string, hint: string): { readonly origin: string; readonly base: string } {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new AssayError(
      'invalid-config',
      `Expected ${hint} to be a URL that begins with http:// or https://, got ${url === null ? 'something else' : url.protocol}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new AssayError(
      'invalid-config',
      `Expected ${hint} to hold no user name or password: send them by the headers option`,
    );
  }
  return { origin: url.origin, base: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}

function queryText(query: Call['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
