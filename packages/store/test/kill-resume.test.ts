import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../src/index.ts';

/** How often the process is killed; `npm run faults` asks for 50. */
const kills = Number(process.env['ASSAY_KILLS'] ?? 6);
const examples = kills * 250;
const concurrency = 8;
const folder = mkdtempSync(path.join(tmpdir(), 'assay-kill-'));
const database = path.join(folder, 'crash.db');

/** What one life of the process did, by example: how often it was called, and what was acknowledged before the kill. */
interface Life {
  readonly called: readonly string[];
  readonly saved: ReadonlySet<string>;
  readonly judged: readonly string[];
  readonly scored: ReadonlySet<string>;
  readonly finished: boolean;
}

describe('an experiment whose process is killed at random moments', () => {
  const lives: Life[] = [];

  beforeAll(
    async () => {
      for (let life = 0; life < kills; life += 1) lives.push(await live(life, Math.random() * 150));
      lives.push(await live(kills, null));
    },
    kills * 5000 + 60_000,
  );

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('was killed before it could finish, and then finishes', () => {
    expect(lives.filter(({ finished }) => finished)).toHaveLength(1);
    expect(lives.at(-1)!.finished).toBe(true);
  });

  test('never calls the task again for a run that was acknowledged as saved', () => {
    expect(repeats(lives, 'called', 'saved')).toEqual([]);
  });

  test('never judges again what was acknowledged as scored', () => {
    expect(repeats(lives, 'judged', 'scored')).toEqual([]);
  });

  test('repeats no more calls than were in flight at the kills, at most twice the concurrency each', () => {
    const inFlight = lives.map(({ called, saved }) => called.filter((id) => !saved.has(id)).length);
    const calls = lives.reduce((sum, { called }) => sum + called.length, 0);

    expect(Math.max(...inFlight)).toBeLessThanOrEqual(2 * concurrency);
    expect(calls - examples).toBeLessThanOrEqual(inFlight.reduce((sum, count) => sum + count, 0));
  });

  test('has each result once in the end', async () => {
    await using store = await openStore(`file:${database}`);
    const [experiment, ...others] = await all(store.listExperiments());
    const runs = await all(store.listTaskRuns(experiment!.id));
    const evaluations = await all(store.listEvaluationRuns(experiment!.id));

    expect(others).toEqual([]);
    expect(runs.map(({ output }) => output).sort()).toEqual(
      Array.from({ length: examples }, (_, index) => `example-${index}`).sort(),
    );
    expect(new Set(evaluations.map(({ taskRunId }) => taskRunId)).size).toBe(examples);
    expect(evaluations).toHaveLength(examples);
  });
});

/** Lets the process live for some milliseconds of its run, then kills it; `null`: lets it finish. */
async function live(number: number, killAfterMs: number | null): Promise<Life> {
  const log = path.join(folder, `life-${number}.log`);
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'fixtures/run-or-resume.ts'), database, log, String(examples), String(concurrency)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_code, signal) => resolve(signal)),
  );
  if (killAfterMs !== null) {
    await begun(child, log);
    await sleep(killAfterMs);
    child.kill('SIGKILL');
  }
  expect(await exited).toBe(killAfterMs === null ? null : 'SIGKILL');
  return readLife(log);
}

/** Resolves when the first call was made. */
async function begun(child: ChildProcess, log: string): Promise<void> {
  while (child.exitCode === null && !existsSync(log)) await sleep(2);
}

function readLife(log: string): Life {
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  const of = (what: string): string[] =>
    lines.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1));
  return {
    called: of('called'),
    saved: new Set(of('saved')),
    judged: of('judged'),
    scored: new Set(of('scored')),
    finished: of('finished').length > 0,
  };
}

/** What a later life did again although an earlier one, or the same one, had it acknowledged. */
function repeats(lives: readonly Life[], done: 'called' | 'judged', acknowledged: 'saved' | 'scored'): string[] {
  const known = new Set<string>();
  return lives.flatMap((life) => {
    const again = life[done].filter((id) => known.has(id));
    for (const id of life[acknowledged]) known.add(id);
    return again;
  });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
