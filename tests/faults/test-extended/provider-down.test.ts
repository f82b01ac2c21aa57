import { expect, test } from 'vitest';
import { type Failure, monotonicMs, startProvider } from '../../provider/provider.ts';
import { createDatabase, readStored } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { report } from '../report.ts';
import { startServerProcess } from '../server-process.ts';
import { behaviours, inputs, keyVariable, models, work } from '../work.ts';

const examples = 60;

test.for([
  ['answers every call with 500', { kind: 'status', status: 500, share: 1 }],
  ['refuses the key', { kind: 'status', status: 401, share: 1 }],
  ['cuts every connection', { kind: 'cut', share: 1 }],
] as const satisfies readonly (readonly [string, Failure])[])(
  'a provider that %s halts the job within 10 s, and a resume goes on once it is well',
  async ([name, failure]) => {
    await using database = await createDatabase('SQLite');
    await using provider = await startProvider({ models: behaviours([5, 20]) });
    const server = await startServerProcess({ store: database.url, env: { [keyVariable]: 'key' } });
    const api = new JobsApi(server.url);
    const datasetId = await api.upload('down', inputs(examples));
    const id = await api.start(datasetId, work({ provider, tag: 'down', concurrency: 4 }));
    await provider.until((calls) => calls.filter(({ outcome }) => outcome === 'answered').length >= 20);

    await provider.behave({ latencyMs: 5, failures: [failure] }, models.task);
    const downAtMs = monotonicMs();
    const job = await api.until(id, ['ERROR'], 30_000);
    const haltedMs = monotonicMs() - downAtMs;
    const wasted = provider.calls().filter(({ outcome }) => outcome === 'failed' || outcome === 'cut').length;

    await provider.behave({ latencyMs: 5 }, models.task);
    await api.resume(id);
    await api.until(id, ['COMPLETED']);
    const { taskRuns, evaluationRuns } = await readStored(database, id);
    await server.kill('SIGTERM');

    report('Provider down', { provider: name, 'until ERROR, ms': Math.round(haltedMs), 'calls until then': wasted });
    expect(job.last_error).toBeTruthy();
    expect(haltedMs).toBeLessThanOrEqual(10_000);
    expect({ taskRuns, evaluationRuns }).toEqual({ taskRuns: examples, evaluationRuns: examples });
  },
);
