import { expect, test } from 'vitest';
import { startProvider } from '../../provider/provider.ts';
import { createDatabase } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { report } from '../report.ts';
import { startServerProcess } from '../server-process.ts';
import { inputs, keyVariable, work } from '../work.ts';

/** The provider's limit, which nobody tells the servers. */
const limit = { perSecond: 20, burst: 20 };
const replicas = 3;
const experiments = 3;
/** 5,000 calls by `npm run faults`. */
const examples = Math.ceil((Number(process.env['ASSAY_KILLS'] ?? 4) * 100) / experiments);
/**
 * What is asked for. A short run is mostly the search for the limit, which takes some seconds, more on processors shared
 * with the provider: there the limit has to be found and shared. How well it is used shows in a long run.
 */
const goals =
  examples * experiments < 1_000
    ? { goodput: 50, refused: 10, worstSecond: 2.5 }
    : { goodput: 95, refused: 2, worstSecond: 1.1 };
/** By when it is found: a burst hides it for some seconds. */
const foundAfterMs = 10_000;

test('servers that share a limit use it whole, are hardly refused, and divide it evenly between experiments', async () => {
  await using database = await createDatabase('PostgreSQL');
  await using provider = await startProvider({ behaviour: { latencyMs: [100, 300], limit } });
  const servers = await Promise.all(
    Array.from({ length: replicas }, () =>
      startServerProcess({ store: database.url, env: { [keyVariable]: 'shared' } }),
    ),
  );
  const apis = servers.map(({ url }) => new JobsApi(url));
  const datasetId = await apis[0]!.upload('storm', inputs(examples));
  const tags = Array.from({ length: experiments }, (_, index) => `storm-${index}`);
  const ids = await Promise.all(
    tags.map((tag, index) =>
      apis[index % replicas]!.start(datasetId, work({ provider, tag, concurrency: 10, judged: false })),
    ),
  );
  for (const id of ids) await apis[0]!.until(id, ['COMPLETED'], 600_000);
  await Promise.all(servers.map((server) => server.kill('SIGTERM')));

  const calls = provider.calls();
  const startedAtMs = calls[0]!.atMs;
  const answered = calls.filter(({ outcome }) => outcome === 'answered');
  const seconds = (answered.at(-1)!.atMs - startedAtMs) / 1000;
  const ideal = (answered.length - limit.burst) / limit.perSecond;
  const later = calls.filter(({ atMs }) => atMs - startedAtMs > 1_000);
  const refused = later.filter(({ outcome }) => outcome === 'refused').length;
  // While all of them have work: until the first one is done, all are served alike.
  const shares = tags.map((tag) => answered.filter(({ prompt }) => prompt.startsWith(`${tag}:`)));
  const endedAtMs = Math.min(...shares.map((share) => share.at(-1)!.atMs));
  const fairness = jain(shares.map((share) => share.filter(({ atMs }) => atMs <= endedAtMs).length));
  const settled = calls.map(({ atMs }) => atMs).filter((atMs) => atMs - startedAtMs > foundAfterMs);
  const worst = worstSecond(settled) / limit.perSecond;

  const measured = {
    calls: answered.length,
    seconds: Number(seconds.toFixed(1)),
    'goodput %': Number(((100 * ideal) / seconds).toFixed(1)),
    'refused after 1 s %': Number(((100 * refused) / answered.length).toFixed(2)),
    'worst second after 10 s': Number(worst.toFixed(2)),
    'Jain fairness': Number(fairness.toFixed(3)),
  };
  report(
    `429 storm: ${replicas} servers, ${experiments} experiments, ${limit.perSecond}/s with a burst of ${limit.burst}`,
    measured,
  );
  expect(answered.length).toBe(examples * experiments);
  expect(measured['Jain fairness']).toBeGreaterThanOrEqual(0.95);
  expect(measured['goodput %']).toBeGreaterThanOrEqual(goals.goodput);
  expect(measured['refused after 1 s %']).toBeLessThanOrEqual(goals.refused);
  expect(measured['worst second after 10 s']).toBeLessThanOrEqual(goals.worstSecond);
});

/** The most calls in any one second. */
function worstSecond(timesMs: readonly number[]): number {
  let from = 0;
  return timesMs.reduce((most, atMs, index) => {
    while (timesMs[from]! <= atMs - 1_000) from += 1;
    return Math.max(most, index - from + 1);
  }, 0);
}

/** 1 when all have the same, 1/n when one has everything (Jain, Chiu and Hawe, 1984). */
function jain(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return (sum * sum) / (shares.length * squares);
}
