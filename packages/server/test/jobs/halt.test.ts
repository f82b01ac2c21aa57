import { expect, onTestFinished, test } from 'vitest';
import type { Server } from '../../src/index.ts';
import { startJobs } from '../fixtures/jobs.ts';

/** Longer than any answer takes here: these calls stall. */
const stalled = { latencyMs: 1_000_000 };

/** Ends with the signal alone. */
function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

/** What a watcher is told of an experiment: the types of events, and of jobs their status. */
async function watch(server: Server, id: string): Promise<readonly string[]> {
  const told: string[] = [];
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const url = `http://localhost/v1/experiments/${id}/events`;
  const response = await server.fetch(new Request(url, { signal: leaving.signal }));
  const heed = async (): Promise<void> => {
    let rest = '';
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      const events = (rest + text).split('\n\n');
      rest = events.pop()!;
      for (const event of events) {
        const [, type = '', json = '{}'] = /event: (.*)\ndata: (.*)$/.exec(event) ?? [];
        const { job } = JSON.parse(json) as { job?: { status: string } | null };
        told.push(type === 'job' ? `job ${job!.status}` : type);
      }
    }
  };
  void heed().catch(() => {});
  return told;
}

test(
  'halts when a provider has not answered for one time-out, and ends the requests',
  { timeout: 120_000 },
  async () => {
    const { started, ended, errorsOf, runsOf, provider } = await startJobs({ examples: 40 });
    // What a call loads once must not take of the time of those that are counted here.
    await ended((await started()).experiment.id);
    await provider.behave(stalled);
    const before = provider.calls().length;
    const { experiment } = await started({ timeout_ms: 3_000 });
    const why = expect.stringMatching(/^Halted .* after 5 provider failures in a row: Timed out after 3 s$/) as string;
    expect(await ended(experiment.id)).toMatchObject({
      status: 'ERROR',
      failed_run_count: 0,
      last_error: { kind: 'experiment', message: why },
    });
    const prompts = provider
      .calls()
      .slice(before)
      .map(({ prompt }) => prompt);
    expect(prompts.length).toBeGreaterThanOrEqual(5);
    // None was tried again.
    expect(new Set(prompts).size).toBe(prompts.length);
    expect(await errorsOf(experiment.id)).toMatchObject([{ message: why }]);

    await ended(experiment.id, (job) => job.in_flight_count === 0);
    const calls = (await provider.until((all) => all.every(({ endedAtMs }) => endedAtMs !== null))).slice(before);
    expect(calls.map(({ outcome }) => outcome)).toEqual(calls.map(() => 'hung up'));
    expect(await runsOf(experiment.id)).toEqual([]);
  },
);

test(
  'halts for a judge that never answers, while the tasks succeed, and ends its requests',
  { timeout: 120_000 },
  async () => {
    const { started, ended, model, provider } = await startJobs({
      examples: 40,
      provider: { models: { judge: stalled } },
    });
    const messages = [{ role: 'user', content: 'Is it polite? {{output}}' }];
    const judge = {
      name: 'tone',
      type: 'judge',
      model: { ...model, name: 'judge' },
      messages,
      choices: { polite: 1, rude: 0 },
    };
    const { experiment } = await started({ timeout_ms: 3_000, evaluators: [judge] });
    expect(await ended(experiment.id)).toMatchObject({ status: 'ERROR', last_error: { kind: 'experiment' } });
    await ended(experiment.id, (job) => job.in_flight_count === 0);
    const calls = await provider.until((all) => all.every(({ endedAtMs }) => endedAtMs !== null));
    const judged = calls.filter(({ model: name }) => name === 'judge');
    expect(judged.length).toBeGreaterThanOrEqual(5);
    expect(judged.map(({ nth, outcome }) => ({ nth, outcome }))).toEqual(
      judged.map(() => ({ nth: 1, outcome: 'hung up' })),
    );
  },
);

test(
  'is in ERROR while calls are in flight, which are saved; a resume waits for them, and calls none of them twice',
  { timeout: 120_000 },
  async () => {
    let isStalled = true;
    let judgeFirst = () => {};
    let timesFirstJudged = 0;
    const placeOf = ({ input }: { input: { question: string } }) => Number(/\d+/.exec(input.question)![0]);
    const tasks = {
      // Two are answered, after one of which another call can begin.
      answer: (params: { input: { question: string }; signal: AbortSignal }) =>
        isStalled && placeOf(params) > 1 ? never(params.signal) : 'yes',
    };
    const evaluators = {
      judge: {
        timeoutMs: null,
        evaluate: (params: { input: { question: string } }) => {
          if (placeOf(params) > 0) return 1;
          timesFirstJudged += 1;
          return new Promise<number>((resolve) => (judgeFirst = () => resolve(0)));
        },
      },
    };
    const registered = { tasks, evaluators: evaluators as never };
    const { server, started, ended, errorsOf, resume, store } = await startJobs({ examples: 40, registered });
    // It goes first: before the server closes, which waits for what is in flight.
    onTestFinished(() => judgeFirst());
    const { experiment } = await started({
      task: { type: 'registered', name: 'answer' },
      evaluators: [{ type: 'registered', name: 'judge' }],
      timeout_ms: 3_000,
    });
    const told = await watch(server, experiment.id);
    // The tasks in flight time out before long, and the judgement does not.
    const { status, last_error: why } = await ended(experiment.id, (job) => job.status !== 'RUNNING');
    expect({ status, why: why!.message }).toEqual({ status: 'ERROR', why: expect.stringMatching(/^Halted/) as string });
    await expect.poll(() => told, { timeout: 20_000 }).toContain('job ERROR');
    expect((await ended(experiment.id)).in_flight_count).toBeGreaterThan(0);

    isStalled = false;
    expect((await resume(experiment.id)).status).toBe(200);
    // All that was not in flight then: ten calls at the most were.
    await ended(experiment.id, (job) => job.completed_run_count >= 30);
    judgeFirst();
    expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_evaluation_count: 40 });
    expect(timesFirstJudged).toBe(1);
    expect((await errorsOf(experiment.id)).filter(({ kind }) => kind === 'experiment')).toHaveLength(1);
    expect((await store.jobs.get(experiment.id)).holders).toBe(0);
  },
);

test(
  'gives each attempt of tasks and evaluators the time that it was told, which a resume can change',
  { timeout: 120_000 },
  async () => {
    const reasons: string[] = [];
    /** Says why its first attempt ends, and succeeds then. */
    const once = ({ attempt, signal }: { attempt: number; signal: AbortSignal }) =>
      attempt > 1 ||
      new Promise<never>(() => signal.addEventListener('abort', () => reasons.push((signal.reason as Error).message)));
    const registered = { tasks: { once }, evaluators: { once: once as never } };
    const { started, start, ended, resume, store } = await startJobs({ examples: 1, registered });
    const timeoutOf = async (id: string) => ((await store.jobs.get(id)).spec as { timeout_ms?: number }).timeout_ms;
    const task = { type: 'registered', name: 'once' };

    const { experiment } = await started({ task, timeout_ms: 300 });
    expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 1 });
    const evaluators = [{ type: 'registered', name: 'once' }];
    expect((await resume(experiment.id, { evaluators, timeout_ms: 400 })).status).toBe(200);
    expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_evaluation_count: 1 });
    expect(reasons).toEqual(['Timed out after 300 ms', 'Timed out after 400 ms']);
    await resume(experiment.id);
    expect(await timeoutOf(experiment.id)).toBe(400);

    const usual = await started();
    expect(await timeoutOf(usual.experiment.id)).toBe(60_000);
    await ended(usual.experiment.id);
    for (const timeout_ms of [0, -1, 1.5, '60', null, 2 ** 31]) {
      expect(await start({ timeout_ms })).toMatchObject({ status: 422, text: expect.stringContaining('timeout_ms') });
      expect(await resume(usual.experiment.id, { timeout_ms })).toMatchObject({ status: 422 });
    }
  },
);
