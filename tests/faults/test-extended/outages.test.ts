import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PostgresCluster } from '../../postgres/cluster.ts';
import { monotonicMs, startProvider } from '../../provider/provider.ts';
import { createDatabase, readStored } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { report } from '../report.ts';
import { startServerProcess } from '../server-process.ts';
import { behaviours, inputs, keyOf, keyVariable, work } from '../work.ts';

const examples = 400;
const concurrency = 8;
/** 30 s by `npm run faults`. */
const pauseMs = process.env['ASSAY_KILLS'] === undefined ? 3_000 : 30_000;

type Strike = (cluster: PostgresCluster) => unknown;

/** What happens to PostgreSQL, and how many calls it may cost. */
const outages: readonly (readonly [name: string, strike: Strike, costs?: number])[] = [
  [
    'is restarted',
    async (cluster) => {
      await cluster.stop('fast');
      await cluster.start();
    },
  ],
  [
    'crashes and recovers',
    async (cluster) => {
      await cluster.stop('immediate');
      await sleep(1_000);
      await cluster.start();
    },
  ],
  [
    `is paused for ${pauseMs / 1000} s`,
    async (cluster) => {
      cluster.pause();
      await sleep(pauseMs);
      cluster.resume();
    },
  ],
  [
    'ends every connection',
    (cluster) => cluster.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()'),
  ],
  // What they do is read from the records, and who does it is started anew once the calls in flight have ended.
  ['loses the schema of the shards', (cluster) => cluster.query('DROP SCHEMA assay_q CASCADE'), 0],
];

test.for(outages)('a job goes on when PostgreSQL %s, and nothing is lost', async ([name, strike, costs]) => {
  await using database = await createDatabase('PostgreSQL');
  await using provider = await startProvider({ models: behaviours([20, 60]) });
  const servers = await Promise.all(
    [0, 1].map(() => startServerProcess({ store: database.url, env: { [keyVariable]: 'key' } })),
  );
  const api = new JobsApi(servers[0]!.url);
  const datasetId = await api.upload('outage', inputs(examples));
  const id = await api.start(datasetId, work({ provider, tag: 'outage', concurrency }));
  const watchers = await Promise.all(servers.map(({ url }) => new JobsApi(url).watch(id)));
  await provider.until((calls) => calls.length >= 100);

  await strike(database.cluster!);
  const overAtMs = monotonicMs();
  const { failed_run_count } = await api.until(id, ['COMPLETED'], 120_000);
  const calls = provider.calls();
  const first = calls.find(({ atMs }) => atMs > overAtMs);
  const keys = calls.map(keyOf);
  const stored = await readStored(database, id);
  const lost = watchers.flatMap((saved) => [...saved]).filter((saved) => !stored.ids.has(saved)).length;
  const repeated = keys.length - new Set(keys).size;
  await Promise.all(servers.map((server) => server.kill('SIGTERM')));

  report('PostgreSQL', {
    PostgreSQL: name,
    lost,
    'runs and evaluations': `${stored.taskRuns} and ${stored.evaluationRuns} of ${examples}`,
    'calls repeated': repeated,
    'until the next call, ms': first ? Math.round(first.atMs - overAtMs) : '–',
  });
  expect({ lost, failed_run_count }).toEqual({ lost: 0, failed_run_count: 0 });
  expect([stored.taskRuns, stored.evaluationRuns]).toEqual([examples, examples]);
  expect(repeated).toBeLessThanOrEqual(costs ?? 2 * concurrency);
});
