import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../src/index.ts';

/** A disk of so many megabytes. Needs the right to mount. */
function smallDisk(megabytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

test('answers 507 while the disk is full, goes on reading, and writes again once there is space', async () => {
  const folder = smallDisk(8);
  const server = await serve({
    store: `file:${folder}/runs.db`,
    port: 0,
    host: '127.0.0.1',
    logger: pino({ level: 'silent' }),
  });
  onTestFinished(() => server.close());
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(5 * 1024 * 1024));

  const upload = (name: string) =>
    fetch(`${server.url}/v1/datasets/upload?sync=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, inputs: [{ text: 'x'.repeat(100_000) }] }),
    });
  const statuses: number[] = [];
  for (let count = 0; count < 100 && statuses.at(-1) !== 507; count++)
    statuses.push((await upload(`d${count}`)).status);
  expect(statuses.at(-1)).toBe(507);
  const kept = statuses.filter((status) => status === 200).length;
  expect(statuses.length).toBe(kept + 1);

  const { data } = (await (await fetch(`${server.url}/v1/datasets?limit=1000`)).json()) as { data: unknown[] };
  expect(data.length).toBe(kept);
  rmSync(ballast);
  expect((await upload('after')).status).toBe(200);
});
