import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AssayError } from '../src/errors.ts';
import type { RunEvent } from '../src/events.ts';
import { resumeExperiment, streamExperiment } from '../src/run.ts';
import { seededRandom } from '../src/sample.ts';
import type { ExperimentStore } from '../src/store.ts';
import type { ExperimentSummary } from '../src/summary.ts';
import { skip } from '../src/verdict.ts';
import { all, numbered } from './fixtures/examples.ts';
import { storeWith } from './fixtures/store.ts';
import { summaryFrom } from './fixtures/summary.ts';
import { after, Meter } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A world in which calls are slow, fail and are refused, saves are slow and fail for a moment, and readers are slow. */
function chaos(seed: number) {
  const random = seededRandom(seed);
  const meter = new Meter();
  const soon = <T>(value: T, most: number): T | Promise<T> =>
    random() < 0.3 ? value : after(Math.floor(random() * most), value);
  const call = <T>(value: T) =>
    meter.during(async () => {
      await soon(null, 50);
      const luck = random();
      if (luck < 0.1)
        throw Object.assign(new Error('slow down'), {
          status: 429,
          headers: luck < 0.05 ? { 'retry-after-ms': '300' } : {},
        });
      if (luck < 0.2) throw new TypeError('no');
      if (luck < 0.25) throw Object.assign(new Error('bad row'), { status: 400 });
      if (luck < 0.27) await new Promise(() => {});
      return value;
    });
  const slowly = async <T>(save: () => Promise<T>): Promise<T> => {
    await soon(null, 30);
    if (random() < 0.05) throw new AssayError('unavailable', 'for a moment');
    return save();
  };
  const store = storeWith((memory) => ({
    saveTaskRun: (draft) => slowly(() => memory.saveTaskRun(draft)),
    saveEvaluationRun: (draft) => slowly(() => memory.saveEvaluationRun(draft)),
  }));
  const verdicts = [() => 1, () => skip('no'), () => Number.NaN, () => ({ a: 0.5, b: 'x' }), () => 0.25];
  const evaluators = {
    one: ({ input }: { input: number }) => call(verdicts[input % 3]!()),
    several: ({ input }: { input: number }) => call(input % 4 === 0 ? verdicts[2]!() : verdicts[3]!()),
    limited: {
      name: 'limited',
      kind: 'LLM' as const,
      rateLimit: { requestsPerMinute: 3000, key: 'judge' },
      evaluate: () => call(1),
    },
  };
  return { random, meter, store, evaluators, task: ({ input }: { input: number }) => call(input), soon };
}

test('ends whatever happens, within its concurrency, with everything it told of in the store, and figures that add up', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.integer({ min: 1, max: 6 }),
      fc.option(fc.integer({ min: 1, max: 3000 })),
      async (seed, concurrency, deadlineMs) => {
        const { meter, store, evaluators, task, soon } = chaos(seed);
        const settings = { concurrency, retries: 2, timeoutMs: 500, evaluators, task };
        const events: RunEvent[] = [];
        const reading = (async () => {
          for await (const event of streamExperiment({
            ...settings,
            ...(deadlineMs === null ? {} : { deadlineMs }),
            store,
            dataset: numbered(12),
            repetitions: 2,
          })) {
            events.push(event);
            await soon(null, 20);
          }
        })();
        await vi.runAllTimersAsync();
        await reading;
        const [started, finished] = [events[0]!, events.at(-1)!];
        if (started.type !== 'started' || finished.type !== 'finished') throw new Error('Expected a start and an end');
        const { experiment } = started;
        // Calls that were given up by a time-out stay open for ever, and hold no slot.
        expect(meter.most - meter.open).toBeLessThanOrEqual(concurrency);
        await agrees(store, experiment.id, events, finished.summary);

        const resuming = resumeExperiment({ ...settings, store, experimentId: experiment.id, printSummary: false });
        await vi.runAllTimersAsync();
        const resumed = await resuming;
        const { summary } = resumed;
        expect(summary.taskRuns.missing).toBe(0);
        expect(summary.stopped).toBeNull();
        await agrees(store, experiment.id, [], summary);
        expect(new Set(resumed.evaluationRuns.map(({ id }) => id))).toEqual(
          new Set((await all(store.listEvaluationRuns(experiment.id))).map(({ id }) => id)),
        );
      },
    ),
    { seed: 9, numRuns: 60 },
  );
});

async function agrees(
  store: ExperimentStore,
  experimentId: string,
  events: readonly RunEvent[],
  summary: ExperimentSummary,
): Promise<void> {
  const [taskRuns, evaluationRuns] = [
    await all(store.listTaskRuns(experimentId)),
    await all(store.listEvaluationRuns(experimentId)),
  ];
  if (events.length > 0) {
    const told = events.flatMap((event) =>
      event.type === 'task-run-saved' || event.type === 'evaluation-run-saved' ? [event.run.id] : [],
    );
    expect(told.sort()).toEqual([...taskRuns, ...evaluationRuns].map(({ id }) => id).sort());
  }
  const expected = summaryFrom(await store.getExperiment(experimentId), taskRuns, evaluationRuns, ['one', 'limited']);
  // What failed as a whole is reported by its results.
  const { several: _, 'several/a': a, 'several/b': b, ...evaluators } = expected.evaluators;
  expect(summary).toMatchObject({ ...expected, evaluators, stopped: summary.stopped });
  const whole = evaluationRuns.filter(({ name }) => name === 'several');
  if (a === undefined || b === undefined) return;
  const alone = whole.filter(
    ({ taskRunId }) => !evaluationRuns.some((run) => run.taskRunId === taskRunId && run.name.startsWith('several/')),
  );
  expect(summary.evaluators['several/a']).toMatchObject({ ok: a.ok, failed: a.failed + alone.length, mean: a.mean });
  expect(Object.keys(summary.evaluators)).not.toContain('several');
}
