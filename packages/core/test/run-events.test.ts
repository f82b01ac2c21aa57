import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunEvent } from '../src/events.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { resumeExperiment, runExperiment, streamExperiment } from '../src/run.ts';
import { all, numbered } from './fixtures/examples.ts';
import { after, finish } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;

test('tells what happened in order: started, every save, finished', async () => {
  const events = await finish(
    all(streamExperiment({ dataset: numbered(3), concurrency: 1, task: () => 1, evaluators: { exact: () => 1 } })),
  );
  expect(events[0]).toMatchObject({
    type: 'started',
    plannedRuns: 3,
    plannedEvaluations: 3,
    experiment: { exampleCount: 3 },
  });
  expect(events.filter(({ type }) => type === 'task-run-saved')).toHaveLength(3);
  expect(events.filter(({ type }) => type === 'evaluation-run-saved')).toHaveLength(3);
  expect(events.at(-1)).toMatchObject({
    type: 'finished',
    reason: 'completed',
    summary: { taskRuns: { ok: 3 }, evaluators: { exact: { ok: 3 } } },
  });
  const judgedTooEarly = events.filter(
    (event, place) =>
      event.type === 'evaluation-run-saved' &&
      !events
        .slice(0, place)
        .some((before) => before.type === 'task-run-saved' && before.run.id === event.run.taskRunId),
  );
  expect(judgedTooEarly).toEqual([]);
});

test('tells of a record only when it is in the store', async () => {
  const store = createMemoryStore();
  const seen: boolean[] = [];
  const onEvent = async (event: RunEvent) => {
    if (event.type === 'task-run-saved')
      seen.push((await all(store.listTaskRuns(event.run.experimentId))).some(({ id }) => id === event.run.id));
    if (event.type === 'evaluation-run-saved')
      seen.push((await all(store.listEvaluationRuns(event.run.experimentId))).some(({ id }) => id === event.run.id));
  };
  await finish(
    runExperiment({ ...quiet, store, dataset: numbered(3), task: () => 1, evaluators: { exact: () => 1 }, onEvent }),
  );
  expect(seen).toEqual([true, true, true, true, true, true]);
});

test('prints nothing', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await finish(all(streamExperiment({ dataset: numbered(1), task: () => 1, printSummary: true })));
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});

test('starts nothing before it is read', async () => {
  const task = vi.fn();
  streamExperiment({ dataset: numbered(1), task });
  await vi.runAllTimersAsync();
  expect(task).not.toHaveBeenCalled();
});

describe('a slow reader', () => {
  test('holds back new work after twice the concurrency of events, but no saving', async () => {
    const store = createMemoryStore();
    let calls = 0;
    const stream = streamExperiment({
      store,
      dataset: numbered(100),
      concurrency: 3,
      task: () => ((calls += 1), after(10, 1)),
    });
    const first = await stream.next();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toBeGreaterThanOrEqual(3);
    expect(calls).toBeLessThanOrEqual(6);
    const experimentId = first.value?.type === 'started' ? first.value.experiment.id : '';
    expect(await all(store.listTaskRuns(experimentId))).toHaveLength(calls);
    const rest = await finish(all(stream));
    expect(rest.filter(({ type }) => type === 'task-run-saved')).toHaveLength(100);
  });

  test('gets the full concurrency again when it has caught up', async () => {
    let open = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, (open += 1));
      await after(10, 1);
      open -= 1;
    };
    const stream = streamExperiment({ dataset: numbered(60), concurrency: 5, task });
    await stream.next();
    await vi.advanceTimersByTimeAsync(1000);
    most = 0;
    await finish(all(stream));
    expect(most).toBe(5);
  });

  test('is waited for when it is onEvent', async () => {
    const seen: string[] = [];
    let calls = 0;
    const running = runExperiment({
      ...quiet,
      dataset: numbered(50),
      concurrency: 2,
      task: () => void (calls += 1),
      onEvent: (event) => after(1000, null).then(() => void seen.push(event.type)),
    });
    await vi.advanceTimersByTimeAsync(900);
    expect(calls).toBeLessThanOrEqual(4);
    await finish(running);
    expect(seen.filter((type) => type === 'task-run-saved')).toHaveLength(50);
  });
});

describe('leaving the loop', () => {
  test('stops the run, and waits until the calls in hand are saved', async () => {
    const store = createMemoryStore();
    const task = vi.fn(() => after(100, 1));
    let experimentId = '';
    const reading = (async () => {
      for await (const event of streamExperiment({ store, dataset: numbered(50), concurrency: 4, task })) {
        if (event.type === 'started') experimentId = event.experiment.id;
        if (event.type === 'task-run-saved') break;
      }
      return (await all(store.listTaskRuns(experimentId))).length;
    })();
    const savedWhenLeft = await finish(reading);
    expect(savedWhenLeft).toBe(task.mock.calls.length);
    expect(task.mock.calls.length).toBeLessThanOrEqual(8);
  });

  test('waits at most for the time-out of an attempt', async () => {
    const begun = performance.now();
    const reading = (async () => {
      for await (const { type } of streamExperiment({
        dataset: numbered(2),
        timeoutMs: 500,
        task: ({ input }) => (input === 0 ? 1 : new Promise(() => {})),
      }))
        if (type === 'task-run-saved') break;
      return performance.now() - begun;
    })();
    expect(await finish(reading)).toBeLessThanOrEqual(500);
  });

  test('with an error of the reader lets that error through', async () => {
    const reading = (async () => {
      for await (const { type } of streamExperiment({ dataset: numbered(5), task: () => 1 }))
        if (type === 'task-run-saved') throw new RangeError('mine');
    })();
    await expect(finish(reading)).rejects.toThrowError('mine');
  });
});

test('ends the run with what onEvent throws, and saves what was started', async () => {
  const store = createMemoryStore();
  const task = vi.fn(() => after(10, 1));
  const onEvent = ({ type }: RunEvent) => {
    if (type === 'task-run-saved') throw new RangeError('the page is gone');
  };
  await expect(
    finish(runExperiment({ ...quiet, store, dataset: numbered(50), concurrency: 2, task, onEvent })),
  ).rejects.toThrowError('the page is gone');
  const [experiment] = await all(store.listExperiments());
  expect(await all(store.listTaskRuns(experiment!.id))).toHaveLength(task.mock.calls.length);
  expect(task.mock.calls.length).toBeLessThanOrEqual(4);
});

test('tells a reader that the run stopped, before it rejects', async () => {
  const events: RunEvent[] = [];
  const reading = (async () => {
    for await (const event of streamExperiment({
      dataset: numbered(20),
      concurrency: 1,
      exitOnError: true,
      retries: 0,
      task: () => {
        throw new Error('no');
      },
    }))
      events.push(event);
  })();
  await expect(finish(reading)).rejects.toMatchObject({ code: 'run-failed' });
  expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'stopped', summary: { stopped: 'error' } });
});

test('streams without holding the records: events carry them', async () => {
  const events = await finish(
    all(streamExperiment({ dataset: numbered(500), repetitions: 2, task: ({ input }) => input })),
  );
  expect(
    new Set(
      events.flatMap((event) =>
        event.type === 'task-run-saved' ? [`${event.run.exampleId} ${event.run.repetition}`] : [],
      ),
    ).size,
  ).toBe(1000);
});

test('warns on a resume in an event and in what comes back', async () => {
  const store = createMemoryStore();
  const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(1), task: () => 1 }));
  const events: RunEvent[] = [];
  const { warnings } = await finish(
    resumeExperiment({ ...quiet, store, experimentId: id, task: () => 2, onEvent: (event) => void events.push(event) }),
  );
  expect(events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))).toEqual(warnings);
  expect(warnings).toEqual([expect.stringMatching(/^The task differs/)]);
});

describe('a stream that is collected', () => {
  test('gives the whole experiment, and tells its events on the way', async () => {
    const types: string[] = [];
    const stream = streamExperiment({ ...quiet, dataset: numbered(2), task: ({ input }) => input, concurrency: 1 });
    const ran = await finish(stream.collect({ onEvent: ({ type }) => void types.push(type) }));
    expect(types).toEqual(['started', 'task-run-saved', 'task-run-saved', 'finished']);
    expect(ran.examples).toHaveLength(2);
    expect(ran.summary.taskRuns.ok).toBe(2);
  });

  test('stops by the signal of whoever collects, and keeps what was finished', async () => {
    const controller = new AbortController();
    const stream = streamExperiment({ ...quiet, dataset: numbered(9), task: ({ input }) => input, concurrency: 1 });
    const onEvent = ({ type }: RunEvent): void => void (type === 'task-run-saved' && controller.abort());
    const { summary } = await finish(stream.collect({ onEvent, signal: controller.signal }));
    expect(summary.stopped).toBe('signal');
    expect(summary.taskRuns.ok).toBeGreaterThan(0);
  });

  test('is not read as well', async () => {
    const stream = streamExperiment({ ...quiet, dataset: numbered(1), task: () => 1 });
    await finish(stream.collect());
    await expect(stream.next()).rejects.toMatchObject({ code: 'invalid-config' });
    await expect(stream.collect()).rejects.toMatchObject({ code: 'invalid-config' });
  });
});
