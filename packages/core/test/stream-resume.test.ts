import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createConcurrency } from '../src/concurrency.ts';
import type { Example } from '../src/dataset.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { runExperiment, streamResume } from '../src/run.ts';
import { all, numbered } from './fixtures/examples.ts';
import type { ExperimentStore } from '../src/store.ts';
import { after, createGate, finish, Meter } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** An experiment of which the runs of odd inputs have failed. */
async function halfDone(count = 6) {
  const store = createMemoryStore();
  const task = ({ input }: { input: number }) => {
    if (input % 2 === 1) throw Object.assign(new Error('no'), { status: 400 });
    return input;
  };
  const { id } = await finish(runExperiment({ store, dataset: numbered(count), task, printSummary: false }));
  const examples = await all(store.listExamples({ experimentId: id }));
  return { store, id, examples };
}

const same = ({ input }: { input: number }) => input;

describe('streamResume', () => {
  test('tells what is missing, does it, and sums up the whole experiment', async () => {
    const { store, id } = await halfDone();
    const events = await finish(
      all(streamResume({ store, experimentId: id, task: same, evaluators: { one: () => 1 } })),
    );

    expect(events[0]).toMatchObject({ type: 'started', plannedRuns: 3, plannedEvaluations: 6 });
    expect(events.filter(({ type }) => type === 'task-run-saved')).toHaveLength(3);
    expect(events.filter(({ type }) => type === 'evaluation-run-saved')).toHaveLength(6);
    expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'completed', summary: { taskRuns: { ok: 6 } } });
  });

  test('does a shard of the examples and nothing beside it', async () => {
    const { store, id, examples } = await halfDone();
    async function* shard(): AsyncGenerator<Example, void, undefined> {
      yield* examples.slice(0, 4);
    }
    const events = await finish(all(streamResume({ store, experimentId: id, task: same, examples: shard() })));

    const done = events.flatMap((event) => (event.type === 'task-run-saved' ? [event.run.exampleId] : []));
    expect(done.sort()).toEqual(['e1', 'e3']);
    expect(events.at(-1)).toMatchObject({ reason: 'completed', summary: { taskRuns: { ok: 4 } } });
  });

  test('lists no record beyond its shard when it is told what is missing', async () => {
    const { store, id, examples } = await halfDone();
    const listed: unknown[] = [];
    const watched: ExperimentStore = {
      ...store,
      listTaskRuns: (experimentId, of) => {
        listed.push(of?.exampleIds);
        return store.listTaskRuns(experimentId, of);
      },
    };
    const planned = { runs: 1, evaluations: 0 };
    const [started] = await finish(
      all(streamResume({ store: watched, experimentId: id, task: same, examples: [examples[1]!], planned })),
    );

    expect(started).toMatchObject({ plannedRuns: 1, plannedEvaluations: 0 });
    expect(listed).toEqual([['e1']]);
  });

  test('stops when the loop is left, with what was started saved', async () => {
    const { store, id } = await halfDone(40);
    const slow = ({ input }: { input: number }) => after(100, input);
    const leaving = (async () => {
      for await (const event of streamResume({ store, experimentId: id, task: slow, concurrency: 3 }))
        if (event.type === 'task-run-saved') break;
    })();
    await finish(leaving);
    const ok = (await all(store.listTaskRuns(id))).filter(({ error }) => error === null).length;
    expect(ok).toBeGreaterThan(20);
    expect(ok).toBeLessThan(40);
  });

  test('needs the store and the id', async () => {
    await expect(all(streamResume({ experimentId: 'e' } as never))).rejects.toMatchObject({ code: 'invalid-config' });
    await expect(all(streamResume({ store: createMemoryStore(), experimentId: 'e' }))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a concurrency that changes', () => {
  test('opens calls at once when it grows, and lets open ones finish when it shrinks', async () => {
    const { store, id } = await halfDone(60);
    const concurrency = createConcurrency(2);
    const meter = new Meter();
    const gate = createGate();
    const task = () => meter.during(() => gate.opened.then(() => after(10, 1)));
    const running = all(streamResume({ store, experimentId: id, task, concurrency }));

    await vi.advanceTimersByTimeAsync(10);
    expect(meter.open).toBe(2);
    concurrency.change(8);
    await vi.advanceTimersByTimeAsync(0);
    expect(meter.open).toBe(8);
    concurrency.change(1);
    gate.open();
    await vi.advanceTimersByTimeAsync(25);
    expect(meter.open).toBe(1);
    await finish(running);
    expect(meter).toMatchObject({ calls: 30, most: 8 });
  });

  test.each([0, 1.5, Number.NaN, '3'])('is refused when it would be %s', (limit) => {
    expect(() => createConcurrency(limit as number)).toThrow(/whole number of at least 1/);
    expect(() => createConcurrency(1).change(limit as number)).toThrow(/whole number of at least 1/);
  });
});
