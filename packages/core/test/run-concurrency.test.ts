import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runExperiment } from '../src/run.ts';
import { numbered } from './fixtures/examples.ts';
import { storeWith } from './fixtures/store.ts';
import { after, createGate, finish, Meter } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;

describe('concurrency', () => {
  test('bounds tasks and evaluations together, and is used up', async () => {
    const meter = new Meter();
    const work = () => meter.during(() => after(10, 1));
    await finish(
      runExperiment({ ...quiet, dataset: numbered(40), concurrency: 7, task: work, evaluators: { a: work, b: work } }),
    );
    expect(meter.calls).toBe(120);
    expect(meter.most).toBe(7);
  });

  test('is 10 unless said otherwise', async () => {
    const meter = new Meter();
    await finish(runExperiment({ ...quiet, dataset: numbered(40), task: () => meter.during(() => after(10, 1)) }));
    expect(meter.most).toBe(10);
  });

  test('is never exceeded by retries', async () => {
    const meter = new Meter();
    const task = ({ attempt }: { attempt: number }) =>
      meter.during(() =>
        after(10, 1).then(() => {
          if (attempt < 3) throw new Error('no');
        }),
      );
    const { summary } = await finish(runExperiment({ ...quiet, dataset: numbered(20), concurrency: 3, task }));
    expect(summary).toMatchObject({ taskRuns: { ok: 20 }, attempts: 60, retries: 40 });
    expect(meter.most).toBe(3);
  });

  test('lets judges of one run go side by side', async () => {
    const meter = new Meter();
    const judge = () => meter.during(() => after(10, 1));
    await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(1),
        concurrency: 3,
        task: () => 1,
        evaluators: { a: judge, b: judge, c: judge },
      }),
    );
    expect(meter.most).toBe(3);
  });

  test('gives evaluations of finished runs a slot before further tasks', async () => {
    const order: string[] = [];
    const note = (name: string) => after(10, 1).then(() => void order.push(name));
    await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(4),
        concurrency: 1,
        task: ({ input }) => note(`task ${input}`),
        evaluators: { judge: ({ input }) => note(`judge ${input}`).then(() => 1) },
      }),
    );
    // A slot does not wait for the save: one task may start before the run it follows is judged, never two.
    order.forEach((name, place) => {
      const input = Number(name.split(' ')[1]);
      if (name.startsWith('task') && input >= 2) expect(order.slice(0, place)).toContain(`judge ${input - 2}`);
    });
  });

  test('gives the slot of a call back during its back-off', async () => {
    const calls: string[] = [];
    const task = async ({ input, attempt }: { input: number; attempt: number }) => {
      calls.push(`${input}/${attempt}`);
      if (input === 0 && attempt === 1) throw new Error('no');
      return input;
    };
    await finish(runExperiment({ ...quiet, dataset: numbered(3), concurrency: 1, task }));
    expect(calls).toEqual(['0/1', '1/1', '2/1', '0/2']);
  });

  test('gives the slot back when the call returns, not when its record is saved', async () => {
    const saved = createGate();
    const store = storeWith((memory) => ({
      saveTaskRun: (draft) => saved.opened.then(() => memory.saveTaskRun(draft)),
    }));
    const task = vi.fn(({ input }: { input: number }) => input);
    const running = runExperiment({ ...quiet, store, dataset: numbered(10), concurrency: 2, task });
    await vi.advanceTimersByTimeAsync(100);
    expect(task.mock.calls.length).toBeGreaterThanOrEqual(2);
    // At most as many await their commit as calls may be open; those that are open then may finish.
    expect(task.mock.calls.length).toBeLessThanOrEqual(4);
    saved.open();
    expect((await finish(running)).summary.taskRuns.ok).toBe(10);
  });

  test('lets no call start while that many records await their commit, one call after the other', async () => {
    const saved = createGate();
    const store = storeWith((memory) => ({
      saveTaskRun: (draft) => saved.opened.then(() => memory.saveTaskRun(draft)),
    }));
    let calls = 0;
    const running = runExperiment({
      ...quiet,
      store,
      dataset: numbered(30),
      concurrency: 5,
      task: ({ input }) => ((calls += 1), after(input, 1)),
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(calls).toBeLessThanOrEqual(10);
    const stuck = calls;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toBe(stuck);
    saved.open();
    await finish(running);
    expect(calls).toBe(30);
  });
});

test('keeps at most twice its concurrency of calls in flight: started, and not yet acknowledged as saved', async () => {
  let flying = 0;
  let most = 0;
  const fly = <T>(value: T): T => {
    flying += 1;
    most = Math.max(most, flying);
    return value;
  };
  let saves = 0;
  const slowly = <T>(save: () => Promise<T>): Promise<T> =>
    after((saves += 7) % 50, null)
      .then(save)
      .finally(() => void (flying -= 1));
  const store = storeWith((memory) => ({
    saveTaskRun: (draft) => slowly(() => memory.saveTaskRun(draft)),
    saveEvaluationRun: (draft) => slowly(() => memory.saveEvaluationRun(draft)),
  }));
  const dataset = numbered(100);
  await finish(
    runExperiment({
      ...quiet,
      store,
      dataset,
      concurrency: 4,
      task: ({ input }) => fly(input % 2 === 0 ? after(input, input) : input),
      evaluators: { a: () => fly(1), b: () => fly(after(3, 1)) },
    }),
  );
  expect(flying).toBe(0);
  expect(most).toBeGreaterThan(4);
  expect(most).toBeLessThanOrEqual(8);
});
