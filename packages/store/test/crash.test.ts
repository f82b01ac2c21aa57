import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../src/index.ts';
import { collect, createExperiment, temporaryFolder } from './fixtures/experiment.ts';

/** How often the writer is killed. `ASSAY_KILLS=50` for the long run. */
const kills = Number(process.env['ASSAY_KILLS'] ?? 20);
const writer = fileURLToPath(new URL('./fixtures/writer.ts', import.meta.url));

test(
  `loses and doubles no acknowledged run in ${kills} kills at random points`,
  { timeout: 30_000 + kills * 3_000 },
  async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'crash.db');
    const log = join(folder, 'acknowledged');
    const store = await openStore(`file:${path}`);
    // More than can be saved between the kills.
    const repetitions = kills * 6;
    const { id } = await createExperiment(store, { examples: 1_000, repetitions });
    await store.close();

    for (let kill = 0; kill < kills; kill++)
      await writeUntilKilled([`file:${path}`, log, id, '0', '1000', `${repetitions}`]);
    const acknowledged = readFileSync(log, 'utf8').trim().split('\n');

    const reopened = await openStore(`file:${path}`);
    const stored = (await collect(reopened.listTaskRuns(id))).map(
      ({ exampleId, repetition }) => `${exampleId} ${repetition}`,
    );
    await reopened.close();

    const storedSlots = new Set(stored);
    expect(acknowledged.length).toBeGreaterThan(kills);
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    expect(storedSlots.size).toBe(stored.length);
    expect(acknowledged.filter((slot) => !storedSlots.has(slot))).toEqual([]);
    expect(new DatabaseSync(path).prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  },
);

/** Starts a writer and kills it some time after its first acknowledgement. */
async function writeUntilKilled(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'close');
  await once(child.stdout, 'data');
  await sleep(Math.random() * 100);
  child.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
}
