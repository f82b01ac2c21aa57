import type { Api } from '../api.ts';
import { phoenixVersion } from '../version.ts';
import type { Services } from './services.ts';

const tag = 'Health';
const plain = 'text/plain';

/** Whether the server is up, whether it can work, and which Phoenix it behaves like. */
export function addHealthRoutes(api: Api, { store, metrics }: Services): void {
  api.add(
    {
      method: 'get',
      path: '/arize_phoenix_version',
      summary: 'The version of Phoenix whose behaviour is met',
      tag,
      rawAnswer: plain,
    },
    async () => new Response(phoenixVersion, { headers: { 'content-type': `${plain}; charset=utf-8` } }),
  );
  api.add({ method: 'get', path: '/healthz', summary: 'Whether the server is up', tag, rawAnswer: plain }, async () =>
    ok(),
  );
  api.add(
    {
      method: 'get',
      path: '/readyz',
      summary: 'Whether the store can be read',
      tag,
      rawAnswer: plain,
      failures: [503],
    },
    async () => {
      await store.nodes.listDatasets({ limit: 1 });
      return ok();
    },
  );
  api.add({ method: 'get', path: '/metrics', summary: 'Figures for Prometheus', tag, rawAnswer: plain }, async () => {
    const { type, body } = await metrics.text();
    return new Response(body, { headers: { 'content-type': type } });
  });
}

function ok(): Response {
  return new Response('OK', { headers: { 'content-type': `${plain}; charset=utf-8` } });
}
