import { expect, test } from 'vitest';
import { startProvider } from '../../provider/provider.ts';
import { createDatabase } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { report } from '../report.ts';
import { startServerProcess } from '../server-process.ts';
import { inputs, keyVariable, work } from '../work.ts';

const latencyMs = 200;
const slots = 10;
/** Enough shards for all servers. */
const examples = 1_600;

/** Of `npm run faults`; in a suite beside others, four servers may lack the processors for it. */
const growth = process.env['ASSAY_KILLS'] === undefined ? 1.3 : 1.6;

test('one experiment goes faster with each doubling of the servers, hardly less than twice as fast', async () => {
  const rates: number[] = [];
  for (const count of [1, 2, 4]) {
    const { rate, wholeRate } = await measure(count);
    report(`One experiment of ${examples} calls of ${latencyMs} ms, ${slots} slots a server, on PostgreSQL`, {
      servers: count,
      'calls/s': rate.toFixed(1),
      'with start and end': wholeRate.toFixed(1),
      ideal: (count * slots * 1000) / latencyMs,
      'times the half': rates.length === 0 ? '' : (rate / rates.at(-1)!).toFixed(2),
    });
    rates.push(rate);
  }
  expect(rates[1]! / rates[0]!).toBeGreaterThanOrEqual(growth);
  expect(rates[2]! / rates[1]!).toBeGreaterThanOrEqual(growth);
});

/** Calls dispatched in a second: in the middle of the run, and over all of it. */
async function measure(count: number): Promise<{ rate: number; wholeRate: number }> {
  await using database = await createDatabase('PostgreSQL');
  await using provider = await startProvider({ behaviour: { latencyMs } });
  const servers = await Promise.all(
    Array.from({ length: count }, () => startServerProcess({ store: database.url, env: { [keyVariable]: 'key' } })),
  );
  const api = new JobsApi(servers[0]!.url);
  const datasetId = await api.upload('scaling', inputs(examples));
  const id = await api.start(datasetId, work({ provider, tag: 'scaling', concurrency: count * slots, judged: false }));
  await api.until(id, ['COMPLETED'], 300_000);
  await Promise.all(servers.map((server) => server.kill('SIGTERM')));
  const times = provider.calls().map(({ atMs }) => atMs);
  return { rate: rateOf(times.slice(examples * 0.2, examples * 0.8)), wholeRate: rateOf(times) };
}

function rateOf(timesMs: readonly number[]): number {
  return ((timesMs.length - 1) * 1000) / (timesMs.at(-1)! - timesMs[0]!);
}
