import { AssayError, messageOf, needObject } from '@assay/core';
import type { Store } from '@assay/store';
import type { Hono } from 'hono';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { EventHub } from './event-hub.ts';
import type { Registered } from './jobs/carrying.ts';
import { createLimits } from './jobs/limits.ts';
import type { Environment } from './jobs/models.ts';
import { JobRunner } from './jobs/runner.ts';

export interface ServerOptions {
  /** Where everything is kept. It stays open when the server closes: whoever opened it closes it. */
  readonly store: Store;
  /** Asked for as `Authorization: Bearer …`, everywhere but health and version. Default: none is asked for. */
  readonly apiKey?: string | undefined;
  /** Names by which the server may be called, beside `localhost` and addresses. */
  readonly hosts?: readonly string[] | undefined;
  /** Functions that jobs may call by name. */
  readonly registered?: Registered | undefined;
  /** Where the keys of providers are, and `ASSAY_PROVIDER_URLS` and `ASSAY_RATE_LIMITS`. Default: `process.env`. */
  readonly env?: Environment | undefined;
  /** Default: nothing is logged. */
  readonly logger?: Logger | undefined;
}

/** A server without a socket. */
export interface Server {
  /** Answers a request, as the handler of any runtime that speaks `fetch`. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Resolves when the background jobs of the store are taken up; rejects with `conflict` when another process has them. */
  readonly started: Promise<void>;
  /** Ends the streams that are open, refuses further requests, and lets calls of jobs that are in flight finish. */
  close(): Promise<void>;
}

/**
 * The Phoenix-compatible API over a store.
 *
 * @example
 * ```ts
 * import { createServer } from '@assay/server';
 * import { openStore } from '@assay/store';
 *
 * await using store = await openStore('memory:');
 * const server = createServer({ store });
 * const response = await server.fetch(new Request('http://localhost/v1/datasets'));
 * console.log(await response.json()); // { data: [], next_cursor: null }
 * ```
 */
export function createServer(options: ServerOptions): Server {
  needObject('the options of createServer as { store, … }', options, 'invalid-config');
  if (typeof options.store?.createRateLimiter !== 'function')
    throw new AssayError('invalid-config', 'Expected store to be one that openStore of @assay/store gives, got none');
  const { store, apiKey, hosts = [], logger = pino({ level: 'silent' }), registered = {}, env = process.env } = options;
  const closing = new AbortController();
  const hub = new EventHub();
  const limits = createLimits(env['ASSAY_RATE_LIMITS'], store.createRateLimiter);
  const jobs = new JobRunner({ store, hub, limits, registered, env, logger });
  const started = jobs.start();
  started.catch((error: unknown) =>
    logger.warn({ reason: messageOf(error) }, 'background jobs are not carried out here'),
  );

  // Loaded by the first request, so that calls of jobs that go on after a restart need not wait for it.
  let http: Hono | undefined;
  let loading: Promise<Hono> | undefined;
  const load = (): Promise<Hono> =>
    (loading ??= import('./http.ts').then(
      ({ createHttp }) => (http = createHttp({ store, hub, jobs, closing: closing.signal, apiKey, hosts, logger })),
    ));

  return {
    fetch: (request) => {
      if (closing.signal.aborted) return new Response('The server is closing', { status: 503 });
      return http === undefined ? load().then((loaded) => loaded.fetch(request)) : http.fetch(request);
    },
    started,
    close: async () => {
      closing.abort();
      await started.catch(() => undefined);
      await jobs.close();
    },
  };
}
