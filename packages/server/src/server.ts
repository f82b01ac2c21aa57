import { messageOf } from '@assay/core';
import type { Store } from '@assay/store';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { matchedRoutes } from 'hono/route';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { Api } from './api.ts';
import { EventHub } from './event-hub.ts';
import { failureOf } from './failure.ts';
import { createMetrics } from './metrics.ts';
import type { Registered } from './jobs/carrying.ts';
import { createLimits } from './jobs/limits.ts';
import type { Environment } from './jobs/models.ts';
import { JobRunner } from './jobs/runner.ts';
import { addRoutes } from './routes/index.ts';
import { createGuard } from './security.ts';
import { phoenixVersion } from './version.ts';

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
  const { store, apiKey, hosts = [], logger = pino({ level: 'silent' }), registered = {}, env = process.env } = options;
  const http = new Hono();
  const metrics = createMetrics();
  const guard = createGuard({ apiKey, hosts });
  const closing = new AbortController();

  http.use(async (context, next) => {
    const startedAt = performance.now();
    const given = context.req.header('x-request-id') ?? '';
    const requestId = /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    await next();
    const { method } = context.req;
    const route = matchedRoutes(context).findLast(({ path }) => !path.includes('*'))?.path ?? 'none';
    const seconds = (performance.now() - startedAt) / 1000;
    const { status } = context.res;
    metrics.observe({ method, route, status, seconds });
    logger[status >= 500 ? 'error' : 'info'](
      { requestId, method, route, status, ms: Math.round(seconds * 1000) },
      'request',
    );
    // Not by `context.header`, which makes the answer anew for each of them.
    const { headers } = context.res;
    headers.set('x-phoenix-server-version', phoenixVersion);
    headers.set('x-request-id', requestId);
    headers.set('x-content-type-options', 'nosniff');
  });
  http.use(compress({ threshold: 1024 }));
  http.use(async (context, next) => {
    guard(context.req.raw);
    await next();
  });

  const hub = new EventHub();
  const limits = createLimits(env['ASSAY_RATE_LIMITS'], store.createRateLimiter);
  const jobs = new JobRunner({ store, hub, limits, registered, env, logger });
  const started = jobs.start();
  started.catch((error: unknown) =>
    logger.warn({ reason: messageOf(error) }, 'background jobs are not carried out here'),
  );
  addRoutes(new Api(http), http, { store, hub, metrics, jobs, closing: closing.signal });

  http.notFound((context) => context.text('Not Found', 404));
  http.onError((error, context) => {
    const failure = failureOf(error);
    if (!failure) {
      logger.error({ err: error, path: context.req.path }, 'request failed');
      return context.text('Internal Server Error', 500);
    }
    if (failure.status >= 500) logger.error({ err: error, path: context.req.path }, 'request failed');
    if (failure.status === 401) context.header('www-authenticate', 'Bearer realm="assay"');
    return failure.detail
      ? context.json({ detail: failure.detail }, failure.status)
      : context.text(failure.message, failure.status);
  });

  return {
    fetch: (request) => {
      if (closing.signal.aborted) return new Response('The server is closing', { status: 503 });
      return http.fetch(request);
    },
    started,
    close: async () => {
      closing.abort();
      await started.catch(() => undefined);
      await jobs.close();
    },
  };
}
