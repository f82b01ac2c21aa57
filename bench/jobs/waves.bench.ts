/**
 * What a job adds to the time its calls take: 200 calls of 1 s, 10 at a time, no limits. Ideal 20 s.
 *
 *   node bench/jobs/waves.bench.ts
 */
import { createDatabase } from '../../tests/faults/database.ts';
import { JobsApi } from '../../tests/faults/jobs-api.ts';
import { startServerProcess } from '../../tests/faults/server-process.ts';
import { inputs, keyVariable, work } from '../../tests/faults/work.ts';
import { startProvider } from '../../tests/provider/provider.ts';
import { printTable } from '../table.ts';

const calls = 200;
const concurrency = 10;
const latencyMs = 1_000;
const ideal = ((calls / concurrency) * latencyMs) / 1000;

await using database = await createDatabase('SQLite');
await using provider = await startProvider({ behaviour: { latencyMs } });
const server = await startServerProcess({ store: database.url, env: { [keyVariable]: 'key' } });
const api = new JobsApi(server.url);
const datasetId = await api.upload('waves', inputs(calls));
const startedAt = performance.now();
const id = await api.start(datasetId, work({ provider, tag: 'waves', concurrency, judged: false }));
await api.until(id, ['COMPLETED'], 300_000);
const seconds = (performance.now() - startedAt) / 1000;
await server.kill('SIGTERM');

printTable(`${calls} calls of ${latencyMs} ms, ${concurrency} at a time: from the start to COMPLETED`, [
  { runner: 'Assay, job on SQLite', seconds: seconds.toFixed(1), ratio: (seconds / ideal).toFixed(2) },
  { runner: 'ideal', seconds: ideal.toFixed(1), ratio: '1' },
]);
