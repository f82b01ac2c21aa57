import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { credentialOf, monotonicMs, startProvider } from '../../provider/provider.ts';
import type { PostgresCluster } from '../../postgres/cluster.ts';
import { createDatabase, readStored } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { report } from '../report.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { behaviours, inputs, keyOf, keyVariable, work } from '../work.ts';

const examples = 200;
const concurrency = 8;

/** Freezes it while it saves, so that it holds the locks of a transaction that nobody ends. */
async function freezeInSave(server: ServerProcess, cluster: PostgresCluster): Promise<void> {
  // The other server leaves its transactions within milliseconds.
  const unended = `SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE state = 'idle in transaction' AND state_change < clock_timestamp() - interval '100 ms'
    AND mode = 'RowExclusiveLock' AND relation = 'assay.evaluation_runs'::regclass`;
  for (;;) {
    server.freeze();
    await sleep(100);
    if (cluster.query(unended) !== '0') return;
    server.thaw();
    await sleep(20 * Math.random());
  }
}

test('a server that hangs loses its work to another, and when it comes to itself its late results harm nothing', async () => {
  await using database = await createDatabase('PostgreSQL');
  await using provider = await startProvider({ models: behaviours([100, 200]) });
  const servers = await Promise.all(
    ['key-0', 'key-1'].map((key) => startServerProcess({ store: database.url, env: { [keyVariable]: key } })),
  );
  const datasetId = await new JobsApi(servers[0]!.url).upload('frozen', inputs(examples));
  const id = await new JobsApi(servers[0]!.url).start(datasetId, work({ provider, tag: 'frozen', concurrency }));
  await provider.until((calls) => calls.filter(({ outcome }) => outcome === 'answered').length >= 20);

  const busy = provider.calls().at(-1)!.credential === credentialOf('key-0') ? 0 : 1;
  const frozen = servers[busy]!;
  const other = servers[1 - busy]!;
  await freezeInSave(frozen, database.cluster!);
  const frozenAtMs = monotonicMs();
  const before = provider.calls().length;
  const kept = await readStored(database, id);
  await new JobsApi(other.url).until(id, ['COMPLETED'], 60_000);
  const atCompletion = await readStored(database, id);
  const takenOver = provider
    .calls()
    .slice(before)
    .find(({ credential }) => credential === credentialOf(`key-${1 - busy}`));

  frozen.thaw();
  await sleep(2_000);
  const again = new JobsApi(frozen.url);
  const { status } = await again.job(id);
  const next = await again.start(datasetId, work({ provider, tag: 'next', concurrency }));
  await again.until(next, ['COMPLETED']);
  const stored = await readStored(database, id);
  const keys = provider.calls().map(keyOf);
  const repeated = keys.filter((key, index) => keys.indexOf(key) < index);
  await Promise.all(servers.map((server) => server.kill('SIGTERM')));

  report('A server that hangs', {
    'until the other goes on, ms': takenOver ? Math.round(takenOver.atMs - frozenAtMs) : '–',
    'calls repeated': repeated.length,
    'results changed by the late ones': [...atCompletion.ids].filter((row) => !stored.ids.has(row)).length,
  });
  expect(status).toBe('COMPLETED');
  expect(stored).toEqual(atCompletion);
  expect([stored.taskRuns, stored.evaluationRuns]).toEqual([examples, examples]);
  expect(repeated).toEqual([...new Set(repeated)]);
  expect(repeated.filter((key) => kept.calls.has(key))).toEqual([]);
});
