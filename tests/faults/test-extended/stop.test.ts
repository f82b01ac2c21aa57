import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { draw } from '../../provider/draw.ts';
import { monotonicMs, startProvider } from '../../provider/provider.ts';
import { createDatabase, readStored, storeKinds } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { inFlight } from '../kill-count.ts';
import { quantile, report } from '../report.ts';
import { startServerProcess } from '../server-process.ts';
import { behaviours, inputs, keyVariable, work } from '../work.ts';

/** 100 by `npm run faults`. */
const stops = 2 * Number(process.env['ASSAY_KILLS'] ?? 3);
const callsPerStop = 30;

test.for(storeKinds)(
  'a stop is followed by no call, and what was in flight is stored, on %s',
  { timeout: 60_000 + stops * 5_000 },
  async (kind) => {
    await using database = await createDatabase(kind);
    await using provider = await startProvider({ models: behaviours([20, 200]) });
    const server = await startServerProcess({ store: database.url, env: { [keyVariable]: 'key' } });
    const api = new JobsApi(server.url);
    const datasetId = await api.upload('stops', inputs(stops * callsPerStop));
    const answersMs: number[] = [];
    let latestMs = -Infinity;
    let unsaved = 0;

    const id = await api.start(datasetId, work({ provider, tag: 'stop', concurrency: 10 }));
    for (let stop = 0; stop < stops; stop += 1) {
      if (stop > 0) await api.resume(id);
      const before = provider.calls().length;
      const some = 1 + Math.floor(draw('stop', stop) * callsPerStop);
      await provider.until((calls) => calls.length >= before + some);
      await sleep(draw('moment', stop) * 20);
      const askedAtMs = monotonicMs();
      const job = await api.stop(id);
      const answeredAtMs = monotonicMs();
      answersMs.push(answeredAtMs - askedAtMs);
      expect(job.status).toBe('STOPPED');

      await provider.until((calls) => calls.every(({ outcome }) => outcome !== null));
      await sleep(250);
      latestMs = Math.max(latestMs, provider.calls().at(-1)!.atMs - answeredAtMs);
      await expect.poll(async () => (await api.job(id)).in_flight_count).toBe(0);
      unsaved += inFlight(provider.calls(), await readStored(database, id)).length;
    }
    await server.kill('SIGTERM');

    report('Stops', {
      store: kind,
      stops,
      'answer, ms: median': Math.round(quantile(answersMs, 0.5)),
      p99: Math.round(quantile(answersMs, 0.99)),
      'last call after the answer, ms': Math.max(0, Math.round(latestMs)),
      'calls not stored': unsaved,
    });
    expect(latestMs).toBeLessThanOrEqual(100);
    expect(unsaved).toBe(0);
  },
);
