import type { Hono } from 'hono';
import { phoenixVersion } from '../version.ts';
import type { Services } from './services.ts';

/** Whether the server is up, whether it can work, and which Phoenix it behaves like. */
export function addHealthRoutes(http: Hono, { store, metrics }: Services): void {
  http.get('/arize_phoenix_version', (context) => context.text(phoenixVersion));
  http.get('/healthz', (context) => context.text('OK'));
  http.get('/readyz', async (context) => {
    await store.nodes.listDatasets({ limit: 1 });
    return context.text('OK');
  });
  http.get('/metrics', async (context) => {
    const { type, body } = await metrics.text();
    return context.body(body, 200, { 'content-type': type });
  });
}
