import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createMemoryStore, mirrorStore, runExperiment, skip, syncExperiment } from '@assay/core';
import { expect, test } from 'vitest';
import { startProxy } from './proxy.ts';
import { connect, phoenixUrl, uniqueName } from './phoenix-server.ts';
import { createPhoenixClient } from '../src/index.ts';

const client = connect();
const capitals = [
  { id: 'peru', input: 'Peru', expected: 'Lima' },
  { id: 'france', input: 'France', expected: 'Paris' },
  { id: 'kenya', input: 'Kenya', expected: 'Nairobi' },
];

test('keeps a whole experiment with repetitions, and reads it back as it was', async () => {
  const name = uniqueName('whole');
  await client.datasets.create({ name, examples: capitals });
  const ran = await client.experiments.run({
    dataset: { name },
    name: 'with 日本語 and "quotes"',
    repetitions: 2,
    retries: 0,
    printSummary: false,
    task: ({ input, repetition }) => {
      if (input === 'Kenya' && repetition === 2) throw new Error('overloaded');
      return input === 'Peru' ? 'Lima' : { city: 'Lyon' };
    },
    evaluators: {
      exact: ({ output, expected }) => output === expected,
      tone: ({ output }) =>
        typeof output === 'string'
          ? skip('too short')
          : { label: 'curt', explanation: 'one word', metadata: { words: 1 } },
      broken: () => {
        throw new Error('no judge');
      },
    },
  });
  expect(ran.summary.taskRuns).toEqual({ planned: 6, ok: 5, failed: 1, missing: 0 });
  expect(ran.summary.evaluators['tone']).toMatchObject({ ok: 3, skipped: 2 });

  const read = await client.experiments.read(ran.id);
  expect(read.taskRuns).toEqual(ran.taskRuns);
  const order = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1);
  expect([...read.evaluationRuns].sort(order)).toEqual([...ran.evaluationRuns].sort(order));
  expect(read.summary.taskRuns).toEqual(ran.summary.taskRuns);
  expect(read.summary.evaluators['exact']).toMatchObject({ ok: 5, mean: expect.closeTo(1 / 3, 12) });
  expect((await client.experiments.summary(ran.id)).evaluators['broken']).toMatchObject({ failed: 5, mean: null });
});

test('retries what failed and judges the finished runs with a later evaluator, and nothing else', async () => {
  const name = uniqueName('late');
  await client.datasets.create({ name, examples: capitals });
  let isDown = true;
  const calls: string[] = [];
  const task = ({ example }: { example: { id: string } }) => {
    calls.push(example.id);
    if (isDown && example.id === 'kenya') throw new Error('overloaded');
    return example.id;
  };
  const first = await client.experiments.run({
    dataset: { name },
    task,
    retries: 0,
    evaluators: { first: () => 1 },
    printSummary: false,
  });
  isDown = false;
  const second = await client.experiments.resume({
    experimentId: first.id,
    task,
    evaluators: { first: () => 1 },
    printSummary: false,
  });
  expect(calls).toEqual(['peru', 'france', 'kenya', 'kenya']);
  expect(second.summary.taskRuns).toMatchObject({ ok: 3, failed: 0 });

  const third = await client.experiments.evaluate({
    experimentId: first.id,
    evaluators: { second: () => 0.5 },
    printSummary: false,
  });
  expect(calls.length).toBe(4);
  expect(third.summary.evaluators['second']).toMatchObject({ ok: 3, mean: 0.5 });
  expect(third.summary.evaluators['first']).toMatchObject({ ok: 3, mean: 1 });
});

test('resumes after kill -9 with only what is missing, and loses nothing that was said to be saved', async () => {
  const name = uniqueName('crash');
  await client.datasets.create({
    name,
    examples: Array.from({ length: 60 }, (_, index) => ({ id: `example-${index}`, input: index })),
  });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), phoenixUrl, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\nsaved ').length > 40) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');

  // The last line may be cut.
  const lines = said.split('\n').slice(0, -1);
  const keysOf = (verb: string): string[] =>
    lines.filter((line) => line.startsWith(`${verb} `)).map((line) => line.slice(verb.length + 1));
  const [experimentId = ''] = keysOf('experiment');
  const standing = await client.experiments.listRuns(experimentId).toArray();
  const onRecord = new Set(standing.map(({ exampleId, repetition }) => `${exampleId} ${repetition}`));
  expect(keysOf('saved').filter((key) => !onRecord.has(key))).toEqual([]);

  const repeated: string[] = [];
  const ran = await client.experiments.resume({
    experimentId,
    task: ({ example, repetition }) => {
      repeated.push(`${example.id} ${repetition}`);
      return `${example.id} ${repetition}`;
    },
    evaluators: { length: ({ output }) => String(output).length },
    printSummary: false,
  });
  expect(ran.summary.taskRuns).toEqual({ planned: 120, ok: 120, failed: 0, missing: 0 });
  expect(ran.summary.evaluators['length']).toMatchObject({ ok: 120, missing: 0 });
  expect(repeated.filter((key) => onRecord.has(key))).toEqual([]);
  const began = new Set(keysOf('call'));
  expect(repeated.filter((key) => began.has(key)).length).toBeLessThanOrEqual(10);
  expect(new Set(ran.taskRuns.map(({ output }) => output)).size).toBe(120);
});

test('delivers what a server missed while it was down, once', async () => {
  const proxy = await startProxy(phoenixUrl);
  const remote = createPhoenixClient({ endpoint: proxy.url, retries: 0 });
  const local = createMemoryStore();
  const mirror = mirrorStore(local, remote.store);
  const examples = Array.from({ length: 20 }, (_, index) => ({ id: `example-${index}`, input: index }));
  let done = 0;
  const ran = await runExperiment({
    dataset: { name: uniqueName('mirror'), examples },
    store: mirror,
    concurrency: 2,
    printSummary: false,
    task: async ({ input }) => {
      done += 1;
      if (done === 5) await proxy.stop();
      await new Promise((resolve) => setTimeout(resolve, 30));
      return input * 2;
    },
    evaluators: { even: ({ output }) => output % 2 === 0 },
  });
  expect(ran.summary.taskRuns.ok).toBe(20);
  await mirror.close().catch(() => undefined);

  await proxy.start();
  const { experimentId } = await syncExperiment({ experimentId: ran.id, from: local, to: client.store });
  const again = await syncExperiment({ experimentId: ran.id, from: local, to: client.store });
  expect([again.experimentId, again.taskRuns, again.evaluationRuns]).toEqual([experimentId, 0, 0]);
  const delivered = await client.experiments.read(experimentId);
  expect(delivered.summary.taskRuns).toEqual({ planned: 20, ok: 20, failed: 0, missing: 0 });
  expect(delivered.summary.evaluators['even']).toMatchObject({ ok: 20, mean: 1 });
  await proxy.stop();
  await remote.close();
});
