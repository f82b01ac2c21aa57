import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { monotonicMs, startProvider } from '../../provider/provider.ts';
import { createDatabase, readStored } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { report } from '../report.ts';
import { startServerProcess } from '../server-process.ts';
import { behaviours, inputs, keyOf, keyVariable, work } from '../work.ts';

const examples = 400;

test.for(['+10m', '-10m'])(
  'a server whose clock is off by %s steals nothing from another, and takes over when that dies',
  async (offset) => {
    await using database = await createDatabase('PostgreSQL');
    await using provider = await startProvider({ models: behaviours([20, 60]) });
    const [right, wrong] = await Promise.all([
      startServerProcess({ store: database.url, env: { [keyVariable]: 'right' } }),
      startServerProcess({ store: database.url, env: { [keyVariable]: 'wrong', ...fakeClock(offset) } }),
    ]);
    const api = new JobsApi(wrong.url);
    const datasetId = await api.upload('clock', inputs(examples));

    const together = await api.start(datasetId, work({ provider, tag: 'together', concurrency: 8 }));
    await api.until(together, ['COMPLETED']);
    const keys = provider.calls().map(keyOf);
    const stolen = keys.length - new Set(keys).size;

    // Carried out by the server whose clock is right, until that dies.
    const alone = await new JobsApi(right.url).start(datasetId, work({ provider, tag: 'alone', concurrency: 8 }));
    await provider.until((calls) => calls.length >= keys.length + 100);
    await right.kill('SIGKILL');
    const killedAtMs = monotonicMs();
    await api.until(alone, ['COMPLETED']);
    const takenOverMs = monotonicMs() - killedAtMs;
    const stored = await Promise.all([together, alone].map((id) => readStored(database, id)));
    await wrong.kill('SIGTERM');

    report('Clock of one of two servers', {
      off: offset,
      'calls made twice': stolen,
      'complete after the death of the other, s': (takenOverMs / 1000).toFixed(1),
    });
    expect(stolen).toBe(0);
    expect(stored.map(({ taskRuns, evaluationRuns }) => [taskRuns, evaluationRuns])).toEqual([
      [examples, examples],
      [examples, examples],
    ]);
  },
);

/** Debian's libfaketime; the monotonic clock stays as it is. */
function fakeClock(offset: string): Readonly<Record<string, string>> {
  const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
  if (library === undefined) throw new Error('Expected the package libfaketime to be installed');
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}
