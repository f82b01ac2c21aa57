import { expect, test } from 'vitest';
import { createDatabase } from '../database.ts';
import { report } from '../report.ts';
import { startRefusedServer, startServerProcess } from '../server-process.ts';

test('a second server on the same SQLite file is refused as soon as it starts, and told what to do', async () => {
  await using database = await createDatabase('SQLite');
  const first = await startServerProcess({ store: database.url });
  const second = await startRefusedServer({ store: database.url });
  await first.kill('SIGKILL');
  const third = await startServerProcess({ store: database.url });
  await third.kill('SIGTERM');

  report('A second server on one SQLite file', {
    'exit code': second.code ?? '',
    'until its end, ms': Math.round(second.ms),
    'until the first was ready, ms': Math.round(first.readyMs),
  });
  expect(second.code).toBe(1);
  expect(second.log).toMatch(/only one server may own them/);
  expect(second.log).not.toMatch(/\n\s+at /);
  // Not after some time-out: no later than a server is ready on this machine, as busy as it is.
  expect(second.ms).toBeLessThan(2 * first.readyMs);
});
