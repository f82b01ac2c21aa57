import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { matchedRoutes } from 'hono/route';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Api } from './api.ts';
import { failureOf } from './failure.ts';
import { createMetrics } from './metrics.ts';
import { addRoutes } from './routes/index.ts';
import type { Services } from './routes/services.ts';
import { createGuard, type SecurityOptions } from './security.ts';
import { phoenixVersion } from './version.ts';

export interface HttpOptions extends SecurityOptions, Omit<Services, 'metrics'> {
  readonly logger: Logger;
}

/** Answers requests: every route, behind the guard, counted and logged. */
export function createHttp({ apiKey, hosts, logger, ...services }: HttpOptions): Hono {
  const http = new Hono();
  const metrics = createMetrics();
  const guard = createGuard({ apiKey, hosts });

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

  addRoutes(new Api(http), http, { ...services, metrics });

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

  return http;
}
