import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Budget } from '../src/budget.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { evaluateExperiment, resumeExperiment, runExperiment, streamExperiment } from '../src/run.ts';
import { seededRandom } from '../src/sample.ts';
import type { TaskParams } from '../src/task.ts';
import type { Tracer } from '../src/tracer.ts';
import type { UsageReport } from '../src/usage.ts';
import { all, numbered } from './fixtures/examples.ts';
import { after, finish, Meter } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;
type Reporter = { readonly reportUsage: (usage: UsageReport) => void };

/** A task that takes 100 ms and costs so much. */
function costing(costUsd: number, calls = { count: 0 }) {
  return async ({ reportUsage }: Reporter) => {
    calls.count += 1;
    await after(100, null);
    reportUsage({ costUsd });
    return 'done';
  };
}

describe('a budget in US dollars', () => {
  test('stops the run before a call that does not fit, and a higher one goes on where it stopped', async () => {
    const store = createMemoryStore();
    const calls = { count: 0 };
    const task = costing(0.1, calls);
    const ran = await finish(
      runExperiment({ ...quiet, store, dataset: numbered(50), task, concurrency: 100, budget: { usd: 1 } }),
    );
    expect(calls.count).toBe(10);
    expect(ran.summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 10, failed: 0, missing: 40 } });
    expect(ran.summary.usage.task.costUsd).toBeCloseTo(1, 9);
    expect(ran.warnings).toEqual([
      'The budget is reached: 1 of 1 USD spent, and a call of the task may cost 0.1 USD. No task is started any more: resume with a higher budget.usd',
    ]);

    const same = await finish(resumeExperiment({ ...quiet, store, experimentId: ran.id, task, budget: { usd: 1 } }));
    expect(calls.count).toBe(10);
    expect(same.summary.stopped).toBe('budget');

    const more = await finish(resumeExperiment({ ...quiet, store, experimentId: ran.id, task, budget: { usd: 2.5 } }));
    expect(calls.count).toBe(25);
    expect(more.summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 25 } });

    const rest = await finish(resumeExperiment({ ...quiet, store, experimentId: ran.id, task, budget: { usd: 9 } }));
    expect(rest.summary).toMatchObject({ stopped: null, taskRuns: { ok: 50, missing: 0 } });
  });

  test('ends a stream with the reason `stopped`', async () => {
    const events: unknown[] = [];
    const read = async (): Promise<void> => {
      const stream = streamExperiment({ dataset: numbered(500), task: costing(1), budget: { usd: 3 } });
      for await (const event of stream) if (event.type !== 'task-run-saved') events.push(event);
    };
    await finish(read());
    expect(events).toMatchObject([
      { type: 'started' },
      { type: 'warning' },
      { type: 'finished', reason: 'stopped', summary: { stopped: 'budget', taskRuns: { ok: 3, missing: 497 } } },
    ]);
  });

  test('opens one call first, and then no more than have told their costs', async () => {
    const meter = new Meter();
    const most: number[] = [];
    const task = ({ reportUsage }: Reporter) =>
      meter.during(async () => {
        most.push(meter.open);
        await after(100, null);
        reportUsage({ costUsd: 0.01 });
      });
    await finish(runExperiment({ ...quiet, dataset: numbered(40), task, concurrency: 16, budget: { usd: 100 } }));
    expect(most.slice(0, 8)).toEqual([1, 1, 1, 2, 2, 3, 3, 4]);
    expect(meter.most).toBe(16);
  });

  test('is never exceeded, and starts at full width, when it is told what a call costs at most', async () => {
    const meter = new Meter();
    const task = ({ reportUsage, input }: Reporter & { input: number }) =>
      meter.during(async () => {
        await after(100, null);
        reportUsage({ costUsd: input % 2 === 0 ? 0.02 : 0.05 });
      });
    const budget: Budget = { usd: 1, perCall: { usd: 0.05 } };
    const { summary } = await finish(
      runExperiment({ ...quiet, dataset: numbered(100), task, concurrency: 100, budget }),
    );
    expect(meter.most).toBe(20);
    expect(summary.stopped).toBe('budget');
    expect(summary.usage.task.costUsd).toBeGreaterThan(0.95);
    expect(summary.usage.task.costUsd).toBeLessThanOrEqual(1);
  });

  test('is exceeded by less than one call when it is smaller than the first', async () => {
    const { summary } = await finish(
      runExperiment({ ...quiet, dataset: numbered(100), task: costing(3), concurrency: 100, budget: { usd: 0.5 } }),
    );
    expect(summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 1 }, usage: { task: { costUsd: 3 } } });
  });

  test('counts failed attempts, and keeps a run as failed that cannot be tried again', async () => {
    const store = createMemoryStore();
    const failing = async ({ reportUsage }: Reporter): Promise<never> => {
      reportUsage({ costUsd: 1 });
      throw new Error('unreadable');
    };
    const dataset = numbered(2);
    const ran = await finish(
      runExperiment({ ...quiet, store, dataset, task: failing, concurrency: 1, budget: { usd: 2 } }),
    );
    expect(ran.summary).toMatchObject({ stopped: 'budget', usage: { task: { costUsd: 2 } } });
    expect(ran.taskRuns).toMatchObject([{ error: 'unreadable' }, { error: 'unreadable' }]);

    const again = { ...quiet, store, experimentId: ran.id, task: costing(1), budget: { usd: 3 } };
    const resumed = await finish(resumeExperiment(again));
    expect(resumed.summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 1 } });
    const same = await finish(resumeExperiment(again));
    expect(same.summary.taskRuns.ok, 'what a replaced record cost is still spent').toBe(1);
    const more = await finish(resumeExperiment({ ...again, budget: { usd: 4 } }));
    expect(more.summary).toMatchObject({ stopped: null, taskRuns: { ok: 2 } });
  });

  test('keeps a run on record that was stopped in a back-off after it had cost something', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const { taskRuns } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(1),
        signal: controller.signal,
        budget: { usd: 5 },
        task: ({ reportUsage }) => {
          reportUsage({ costUsd: 1 });
          throw new Error('overloaded');
        },
      }),
    );
    expect(taskRuns).toMatchObject([{ error: 'overloaded', usage: { costUsd: 1 } }]);
  });

  test('counts what a timed-out attempt reports late', async () => {
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(3),
        concurrency: 1,
        retries: 0,
        timeoutMs: 100,
        budget: { usd: 1 },
        task: async ({ input, reportUsage }) => {
          await after(input === 0 ? 150 : 90, null);
          reportUsage({ costUsd: input === 0 ? 1 : 0.1 });
        },
      }),
    );
    expect(summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 1, failed: 1, missing: 1 } });
  });
});

test('what a trace tells of a call counts as what it reports, before another call starts', async () => {
  const tracer: Tracer = {
    span: async (_name, _kind, _attributes, work) =>
      work({ traceId: 'trace', set: () => {}, usage: () => after(20, { costUsd: 0.1 }) }),
    flush: async () => {},
  };
  const { summary, warnings } = await finish(
    runExperiment({
      ...quiet,
      dataset: numbered(50),
      tracer,
      concurrency: 100,
      task: ({ reportUsage, input }) => {
        if (input === 0) reportUsage({ costUsd: 0.05, promptTokens: 3 });
        return after(10, input);
      },
      budget: { usd: 1 },
    }),
  );
  expect(summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 10 } });
  expect(warnings).toHaveLength(1);
});

describe('a call that reports nothing', () => {
  test('is warned of, and counted as the dearest one', async () => {
    const { summary, warnings } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(10),
        concurrency: 1,
        budget: { usd: 1 },
        task: ({ input, reportUsage }) => {
          if (input % 2 === 0) reportUsage({ costUsd: 0.25, promptTokens: 10 });
        },
      }),
    );
    expect(summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 4 }, usage: { task: { costUsd: 0.5 } } });
    expect(warnings[0]).toBe(
      'A call of the task reported no costUsd: the budget counts 0.25 USD for it, as for the dearest one. Report it by reportUsage, as 0 where a call is free',
    );
  });

  test('does not hold up a run whose costs nobody knows', async () => {
    const meter = new Meter();
    const { summary, warnings } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(40),
        concurrency: 8,
        budget: { usd: 1 },
        task: () => meter.during(() => after(10, null)),
      }),
    );
    expect(meter.most).toBe(8);
    expect(summary).toMatchObject({ stopped: null, usage: { task: { costUsd: null } } });
    expect(warnings).toEqual([
      'A call of the task reported no costUsd: the budget cannot count that. Report it by reportUsage, as 0 where a call is free',
    ]);
  });

  test('is not warned of when it is code that judges', async () => {
    const { warnings, summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(3),
        task: costing(1),
        evaluators: { exact: () => 1 },
        budget: { usd: 3 },
      }),
    );
    expect(warnings).toEqual([]);
    expect(summary).toMatchObject({ stopped: null, evaluators: { exact: { ok: 3 } } });
  });
});

describe('a budget in tokens', () => {
  test('counts those of prompts and completions, of tasks and judges', async () => {
    const judge = ({ reportUsage }: Reporter) => (reportUsage({ promptTokens: 20, completionTokens: 5 }), 1);
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(20),
        concurrency: 1,
        task: async ({ reportUsage }) => {
          await after(10, null);
          reportUsage({ promptTokens: 50, completionTokens: 25 });
        },
        evaluators: [{ name: 'tone', kind: 'LLM', evaluate: judge }],
        budget: { tokens: 450 },
      }),
    );
    expect(summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 4 }, evaluators: { tone: { ok: 4 } } });
  });
});

describe('a budget for judges', () => {
  const judge = {
    name: 'tone',
    kind: 'LLM',
    evaluate: ({ reportUsage }: Reporter) => (reportUsage({ costUsd: 0.5 }), 1),
  } as const;

  test('leaves evaluations out when it is reached, while tasks and code go on; a higher one judges the rest', async () => {
    const store = createMemoryStore();
    const evaluators = [judge, { name: 'exact', evaluate: () => 1 }];
    const task = costing(0.01);
    const ran = await finish(
      runExperiment({ ...quiet, store, dataset: numbered(10), task, evaluators, budget: { judgeUsd: 2 } }),
    );
    expect(ran.summary).toMatchObject({
      stopped: 'budget',
      taskRuns: { ok: 10 },
      evaluators: { tone: { ok: 4, missing: 6 }, exact: { ok: 10 } },
    });
    expect(ran.warnings).toEqual([
      'The budget is reached: 2 of 2 USD spent, and a call of evaluator tone may cost 0.5 USD. Evaluations that cost something are left out: resume with a higher budget.judgeUsd',
    ]);

    const more = { ...quiet, store, experimentId: ran.id, evaluators, budget: { judgeUsd: 3 } };
    expect((await finish(evaluateExperiment(more))).summary.evaluators['tone']).toMatchObject({ ok: 6, missing: 4 });
    const rest = { ...quiet, store, experimentId: ran.id, task, evaluators, budget: { judgeUsd: 99, usd: 99 } };
    expect((await finish(resumeExperiment(rest))).summary).toMatchObject({
      stopped: null,
      evaluators: { tone: { ok: 10 } },
    });
  });

  test('sets the money for judging aside before a task is called', async () => {
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(100),
        concurrency: 20,
        task: costing(0.5),
        evaluators: [judge, { ...judge, name: 'style' }],
        budget: { usd: 30 },
      }),
    );
    const { ok } = summary.taskRuns;
    expect(ok).toBeGreaterThan(18);
    expect(summary).toMatchObject({ stopped: 'budget', evaluators: { tone: { ok }, style: { ok } } });
  });

  test('is a part of the whole: a budget in US dollars counts judges, too', async () => {
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(10),
        concurrency: 1,
        task: costing(0.5),
        evaluators: [judge],
        budget: { usd: 3.5, judgeUsd: 1 },
      }),
    );
    expect(summary).toMatchObject({ stopped: 'budget', taskRuns: { ok: 5 }, evaluators: { tone: { ok: 2 } } });
  });
});

test('a run within its budget is complete, and says nothing of it', async () => {
  const { summary, warnings } = await finish(
    runExperiment({ ...quiet, dataset: numbered(4), task: costing(0.25), budget: { usd: 1 } }),
  );
  expect(summary.stopped).toBeNull();
  expect(warnings).toEqual([]);
});

describe('a budget that is none is refused', () => {
  test.each([
    [{ usd: 0 }, 'Expected budget.usd to be a number above 0, got 0'],
    [{ tokens: -1 }, 'Expected budget.tokens to be a number above 0, got -1'],
    [{ judgeUsd: Number.NaN }, 'Expected budget.judgeUsd to be a number above 0, got NaN'],
    [{ usd: Infinity }, 'Expected budget.usd to be a number above 0, got Infinity'],
    [{ usd: '5' }, 'Expected budget.usd to be a number above 0, got 5'],
    [{ dollars: 5 }, 'Expected budget to have only usd, tokens, judgeUsd, perCall, got dollars'],
    [{}, 'Expected budget to have usd, tokens or judgeUsd, got none of them'],
    [{ perCall: { usd: 1 } }, 'Expected budget to have usd, tokens or judgeUsd, got none of them'],
    [{ usd: 1, perCall: { usd: 0 } }, 'Expected budget.perCall.usd to be a number above 0, got 0'],
    [5, 'Expected budget to be { usd, tokens, judgeUsd, perCall }, got 5'],
    [null, 'Expected budget to be { usd, tokens, judgeUsd, perCall }, got null'],
  ])('%j', async (budget, message) => {
    const task = vi.fn();
    await expect(
      runExperiment({ ...quiet, dataset: numbered(1), task, budget: budget as Budget }),
    ).rejects.toMatchObject({ code: 'invalid-config', message });
    expect(task).not.toHaveBeenCalled();
  });
});

interface Sent {
  readonly cost: number;
  readonly latencyMs: number;
  readonly fails: boolean;
}

/** What came to be known when a call started: the calls that were open, and the dearest cost reported. */
interface Start {
  readonly open: readonly number[];
  readonly dearest: number;
}

describe('over 50 seeds, with up to 100 calls open and every tenth failing', () => {
  const run = fc.record({
    usd: fc.double({ min: 0.01, max: 6, noNaN: true }),
    concurrency: fc.integer({ min: 1, max: 100 }),
    retries: fc.integer({ min: 0, max: 2 }),
  });
  const seeds = { numRuns: 50, seed: 8, endOnFailure: true };

  test('a budget is exceeded by at most what the last calls cost beyond the dearest before them', async () => {
    // Mostly cheap, with calls that cost up to a hundred times as much, in the order that is found to hurt.
    const call = fc.record({
      cost: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
      latencyMs: fc.integer({ min: 1, max: 500 }),
      fails: fc.integer({ min: 0, max: 9 }).map((digit) => digit === 5),
    });
    const calls = fc.array(call, { minLength: 200, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(run, calls, async ({ usd, concurrency, retries }, sent) => {
        const store = createMemoryStore();
        const provider = createProvider(sent);
        const shared = { ...quiet, store, concurrency, retries, task: provider.task };
        const ran = await finish(runExperiment({ ...shared, dataset: numbered(120), budget: { usd } }));

        const { open, dearest } = provider.starts.at(-1)!;
        const bound = open.reduce((sum, cost) => sum + Math.max(0, cost - dearest), 0);
        expect(provider.spent() - usd).toBeLessThanOrEqual(bound + 1e-6);
        expect(ran.summary.usage.task.costUsd, 'what was paid is on record').toBeCloseTo(provider.spent(), 6);
        expect(ran.summary.stopped).toBe(ran.summary.taskRuns.missing > 0 ? 'budget' : ran.summary.stopped);

        const rest = await finish(resumeExperiment({ ...shared, experimentId: ran.id, budget: { usd: 1000 } }));
        expect(rest.summary).toMatchObject({ stopped: null, taskRuns: { missing: 0 } });
        expect(rest.summary.taskRuns.ok, 'nothing is lost').toBeGreaterThanOrEqual(ran.summary.taskRuns.ok);
        expect(await all(store.listTaskRuns(ran.id))).toHaveLength(120);
      }),
      seeds,
    );
  });

  test('a budget is exceeded by less than one call when costs are those of one task', async () => {
    // From a fifth to five times the usual cost, as prompts and answers of one task differ.
    await fc.assert(
      fc.asyncProperty(run, fc.integer(), async ({ usd, concurrency, retries }, seed) => {
        const random = seededRandom(seed);
        const sent = Array.from({ length: 400 }, () => ({
          cost: 0.02 * 5 ** (2 * random() - 1),
          latencyMs: 1 + Math.floor(500 * random()),
          fails: random() < 0.1,
        }));
        const store = createMemoryStore();
        const provider = createProvider(sent);
        const shared = { ...quiet, store, concurrency, retries, task: provider.task };
        const ran = await finish(runExperiment({ ...shared, dataset: numbered(120), budget: { usd } }));
        expect(provider.spent() - usd).toBeLessThan(provider.dearest);

        await finish(resumeExperiment({ ...shared, experimentId: ran.id, budget: { usd: usd * 2 } }));
        expect(provider.spent() - usd * 2).toBeLessThan(provider.dearest);
      }),
      seeds,
    );
  });
});

/** A provider whose n-th call costs, takes and does what the list says, and which knows what it was paid. */
function createProvider(calls: readonly Sent[]) {
  const paid: number[] = [];
  const starts: Start[] = [];
  const open = new Set<Sent>();
  let count = 0;
  return {
    starts,
    dearest: Math.max(...calls.map(({ cost }) => cost)),
    spent: () => paid.reduce((sum, cost) => sum + cost, 0),
    task: async ({ reportUsage }: Pick<TaskParams<{ input: number }>, 'reportUsage'>) => {
      const call = { ...calls[count++ % calls.length]! };
      open.add(call);
      starts.push({ open: [...open].map(({ cost }) => cost), dearest: Math.max(0, ...paid) });
      await after(call.latencyMs, null);
      open.delete(call);
      paid.push(call.cost);
      reportUsage({ costUsd: call.cost });
      if (call.fails) throw new Error('overloaded');
      return call.cost;
    },
  };
}
