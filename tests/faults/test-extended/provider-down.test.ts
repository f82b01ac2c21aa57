import { expect, test } from 'vitest';
import { type Failure, monotonicMs, startProvider } from '../../provider/provider.ts';
import { createDatabase, readStored } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { report } from '../report.ts';
import { startServerProcess } from '../server-process.ts';
import { behaviours, inputs, keyVariable, models, work } from '../work.ts';

const examples = 200;
const timeoutMs = 2_000;

test.for([
  ['answers every call with 500', { kind: 'status', status: 500, share: 1 }, 4],
  ['refuses the key', { kind: 'status', status: 401, share: 1 }, 4],
  ['cuts every connection', { kind: 'cut', share: 1 }, 4],
  ['takes calls and never answers', { kind: 'stall', share: 1 }, 10],
  ['takes calls and never answers, of 4 at a time', { kind: 'stall', share: 1 }, 4],
] as const satisfies readonly (readonly [string, Failure, number])[])(
  'a provider that %s halts the job within 10 s, and a resume goes on once it is well',
  async ([name, failure, concurrency]) => {
    await using database = await createDatabase('SQLite');
    await using provider = await startProvider({ models: behaviours([5, 20]) });
    const server = await startServerProcess({ store: database.url, env: { [keyVariable]: 'key' } });
    const api = new JobsApi(server.url);
    const datasetId = await api.upload('down', inputs(examples));
    const job = { ...work({ provider, tag: 'down', concurrency }), timeout_ms: timeoutMs };
    const id = await api.start(datasetId, job);
    await provider.until((calls) => calls.filter(({ outcome }) => outcome === 'answered').length >= 20);

    await provider.behave({ latencyMs: 5, failures: [failure] }, models.task);
    const downAtMs = monotonicMs();
    const { last_error: why } = await api.until(id, ['ERROR'], 30_000);
    const haltedMs = monotonicMs() - downAtMs;
    const calls = provider.calls();
    const wasted = calls.filter(({ model, outcome }) => model === models.task && outcome !== 'answered');

    await provider.behave({ latencyMs: 5 }, models.task);
    await api.resume(id);
    await api.until(id, ['COMPLETED']);
    const { taskRuns, evaluationRuns } = await readStored(database, id);
    await server.kill('SIGTERM');

    report('Provider down', {
      provider: name,
      'until ERROR, ms': Math.round(haltedMs),
      'calls until then': wasted.length,
    });
    expect(why).toMatchObject({ kind: 'experiment' });
    expect(haltedMs).toBeLessThanOrEqual(10_000);
    // One time-out is enough where as many calls as it takes are open, and no call is tried again.
    if (failure.kind === 'stall' && concurrency > 5) expect(wasted.filter(({ nth }) => nth > 1)).toEqual([]);
    expect({ taskRuns, evaluationRuns }).toEqual({ taskRuns: examples, evaluationRuns: examples });
  },
);
