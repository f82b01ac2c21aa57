import { spawn } from 'node:child_process';
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
    const path = join(temporaryFolder(), 'crash.db');
    const store = await openStore(`file:${path}`);
    const { id } = await createExperiment(store, { examples: 1_000, repetitions: 100 });
    await store.close();

    const acknowledged: string[] = [];
    for (let kill = 0; kill < kills; kill++)
      acknowledged.push(...(await writeUntilKilled([`file:${path}`, id, '0', '1000', '100'])));

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

/** Starts a writer and kills it some time after its first acknowledgement. @returns What it had acknowledged. */
async function writeUntilKilled(args: readonly string[]): Promise<string[]> {
  const child = spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('close', resolve));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await sleep(Math.random() * 100);
  child.kill('SIGKILL');
  await exited;
  // The last line may have been cut short.
  return text.split('\n').slice(0, -1);
}
