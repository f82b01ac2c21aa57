import { ConflictError } from '../errors.ts';
import type { TaskRun } from '../experiment.ts';
import { codeOf, collect, evaluationOf, failureOf, startExperiment, startTaskRun, successOf } from './contract.ts';
import type { ContractOptions, CreateStore, TestRunner } from './contract.ts';

/** Saving, replacing and listing task runs. */
export function describeTaskRuns(
  createStore: CreateStore,
  { describe, test, expect }: TestRunner,
  options: ContractOptions,
): void {
  const { guardsConcurrentErrors = true, keepsMeasurements = true } = options;
  /** What a store gives back of a saved record: all of it, but for what the store has no place for. */
  const kept = (run: object): object =>
    keepsMeasurements
      ? run
      : Object.fromEntries(
          Object.entries(run).filter(([key]) => !['attempts', 'latencyMs', 'waitMs', 'usage'].includes(key)),
        );

  describe('task runs', () => {
    test('lists a saved task run with every field as it was saved', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const draft = successOf(experiment, 'peru', 2);
      const saved = await store.saveTaskRun(draft);

      expect(saved).toMatchObject(kept(draft));
      expect(await collect(store.listTaskRuns(experiment.id))).toEqual([saved]);
    });

    test('keeps what is not known as null', async () => {
      const { store, experiment } = await startExperiment(createStore);
      await store.saveTaskRun({
        ...successOf(experiment, 'peru'),
        latencyMs: null,
        waitMs: null,
        traceId: null,
        usage: null,
      });
      const unknown = { latencyMs: null, waitMs: null, traceId: null, usage: null };
      expect(await collect(store.listTaskRuns(experiment.id))).toMatchObject([kept(unknown)]);
    });

    test('tells a usage of which nothing is known from none', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const usage = { promptTokens: 0, completionTokens: null, costUsd: null };
      await store.saveTaskRun({ ...successOf(experiment, 'peru'), usage });
      expect(await collect(store.listTaskRuns(experiment.id))).toMatchObject([kept({ usage })]);
    });

    test('keeps what a usage says of cached tokens and of replayed calls', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const cached = { promptTokens: 9, completionTokens: 1, costUsd: 0.5, cachedPromptTokens: 4 };
      const replayed = { promptTokens: null, completionTokens: null, costUsd: null, replayedCalls: 2 };
      await store.saveTaskRun({ ...successOf(experiment, 'peru'), usage: cached });
      const run = await store.saveTaskRun({ ...successOf(experiment, 'france'), usage: replayed });
      await store.saveEvaluationRun({ ...evaluationOf(run), usage: replayed });
      const usages = (await collect(store.listTaskRuns(experiment.id))).map(({ usage }) => ({ usage }));
      if (!keepsMeasurements) return;
      expect(usages.find(({ usage }) => usage?.promptTokens === 9)).toEqual({ usage: cached });
      expect(usages.find(({ usage }) => usage?.promptTokens !== 9)).toEqual({ usage: replayed });
      expect((await collect(store.listEvaluationRuns(experiment.id))).map(({ usage }) => usage)).toEqual([replayed]);
    });

    test('keeps every JSON output as it is', async () => {
      const outputs = [
        null,
        '',
        'text',
        '🏳️‍🌈\u202E"\\',
        0,
        -0.5,
        1e300,
        true,
        false,
        [],
        {},
        [[null]],
        { a: { b: [1, '2', null] } },
        'x'.repeat(100_000),
      ];
      const { store, experiment } = await startExperiment(createStore, { repetitions: outputs.length });
      await Promise.all(
        outputs.map((output, index) => store.saveTaskRun({ ...successOf(experiment, 'peru', index + 1), output })),
      );

      const listed = await collect(store.listTaskRuns(experiment.id));
      expect(listed.sort(byRepetition).map(({ output }) => output)).toEqual(outputs);
    });

    test('keeps of an output what JSON makes of it, and gives that back', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const output = { at: new Date(0), none: undefined, number: Number.NaN, list: [undefined] };
      const saved = await store.saveTaskRun({ ...successOf(experiment, 'peru'), output });

      expect(JSON.stringify(saved.output)).toEqual('{"at":"1970-01-01T00:00:00.000Z","number":null,"list":[null]}');
      expect(await collect(store.listTaskRuns(experiment.id))).toEqual([saved]);
    });

    test('saves an output and an error that hold half of a surrogate pair', async () => {
      const { store, experiment } = await startExperiment(createStore);
      await store.saveTaskRun({ ...successOf(experiment, 'peru'), output: 'half \uD83E' });
      await store.saveTaskRun({ ...failureOf(experiment, 'peru', 2), error: 'half \uD83E' });

      const [first, second] = (await collect(store.listTaskRuns(experiment.id))).sort(byRepetition);
      expect(['half \uD83E', 'half \uFFFD'].includes(String(first?.output))).toEqual(true);
      expect(second?.error).toEqual('half \uFFFD');
    });

    test('refuses an output that is not JSON, and saves nothing of it', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      for (const output of [1n, { big: 1n }, circle, () => 1, Symbol('s'), undefined]) {
        expect(await codeOf(store.saveTaskRun({ ...successOf(experiment, 'peru'), output }))).toEqual('invalid-input');
      }
      expect(await collect(store.listTaskRuns(experiment.id))).toEqual([]);
    });

    test('lets a failed run be saved over, with its id, and counts it once', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const failed = await store.saveTaskRun(failureOf(experiment, 'peru'));
      const again = await store.saveTaskRun({ ...failureOf(experiment, 'peru'), error: 'out of quota' });
      const saved = await store.saveTaskRun(successOf(experiment, 'peru'));

      expect([failed.error, again.error, saved.error]).toEqual(['overloaded', 'out of quota', null]);
      expect([again.id, saved.id]).toEqual([failed.id, failed.id]);
      expect(await collect(store.listTaskRuns(experiment.id))).toEqual([saved]);
    });

    test('tells what a record said that was replaced, if it keeps history', async () => {
      const { store, experiment } = await startExperiment(createStore);
      if (store.listSuperseded === undefined) return;
      const failed = await store.saveTaskRun(failureOf(experiment, 'peru'));
      const judged = await store.saveEvaluationRun(evaluationOf(failed, { name: 'tone' }));
      const judgedAgain = await store.saveEvaluationRun(evaluationOf(failed, { name: 'tone', score: 0.125 }));
      await store.saveTaskRun(successOf(experiment, 'peru'));

      const superseded = await collect(store.listSuperseded(experiment.id));
      const ofKind = (kind: string) => superseded.flatMap((one) => (one.kind === kind ? [one.record] : []));
      expect(ofKind('task-run')).toEqual([failed]);
      expect(ofKind('evaluation-run')).toEqual([judged, judgedAgain]);
    });

    test('drops what code and models said of a failed run that is saved over, and keeps what a person said', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const failed = await store.saveTaskRun(failureOf(experiment, 'peru'));
      for (const kind of ['CODE', 'LLM', 'HUMAN'] as const)
        await store.saveEvaluationRun(evaluationOf(failed, { name: kind, kind }));
      await store.saveTaskRun(successOf(experiment, 'peru'));

      expect((await collect(store.listEvaluationRuns(experiment.id))).map(({ name }) => name)).toEqual(['HUMAN']);
    });

    test('rejects a second success with the run that stands', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      const call = store.saveTaskRun({ ...successOf(experiment, 'france'), output: 'another' });
      const error: unknown = await call.catch((thrown: unknown) => thrown);

      expect(ConflictError.is(error)).toEqual(true);
      expect((error as ConflictError).existing).toEqual(taskRun);
      expect(await collect(store.listTaskRuns(experiment.id))).toEqual([taskRun]);
    });

    test('never lets a late failure overwrite a success, nor touch its evaluations', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      const evaluation = await store.saveEvaluationRun(evaluationOf(taskRun));

      expect(await codeOf(store.saveTaskRun(failureOf(experiment, 'france')))).toEqual('conflict');
      expect(await collect(store.listTaskRuns(experiment.id))).toEqual([taskRun]);
      expect(await collect(store.listEvaluationRuns(experiment.id))).toEqual([evaluation]);
    });

    test('lets exactly one of many successes for one slot win when they are saved at once', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const codes = await Promise.all(
        Array.from({ length: 8 }, (_, output) =>
          codeOf(store.saveTaskRun({ ...successOf(experiment, 'peru'), output })),
        ),
      );
      expect(codes.sort()).toEqual([...Array.from({ length: 7 }, () => 'conflict'), 'resolved']);
      expect((await collect(store.listTaskRuns(experiment.id))).length).toEqual(1);
    });

    if (guardsConcurrentErrors) {
      test('keeps the success when failures for the same slot are saved at once', async () => {
        const { store, experiment } = await startExperiment(createStore);
        const drafts = Array.from({ length: 9 }, (_, index) =>
          index === 4 ? successOf(experiment, 'peru') : failureOf(experiment, 'peru'),
        );
        await Promise.all(drafts.map((draft) => codeOf(store.saveTaskRun(draft))));
        expect(await collect(store.listTaskRuns(experiment.id))).toMatchObject([{ error: null }]);
      });
    }

    test('gives an empty error a text, and a failed run no output', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const saved = await store.saveTaskRun({ ...successOf(experiment, 'peru'), error: ' ' });
      expect([saved.output, (saved.error ?? '').trim().length > 0]).toEqual([null, true]);
    });

    test('saves a run whose end lies before its start', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const [startedAt, endedAt] = [new Date('2026-03-01T12:00:00.500Z'), new Date('2026-03-01T11:00:00.250Z')];
      expect(await store.saveTaskRun({ ...successOf(experiment, 'peru'), startedAt, endedAt })).toMatchObject({
        startedAt,
        endedAt,
      });
    });

    test('refuses a run outside the plan', async () => {
      const { store, experiment } = await startExperiment(createStore);
      for (const repetition of [0, 3, 1.5, Number.NaN]) {
        expect(await codeOf(store.saveTaskRun(successOf(experiment, 'peru', repetition)))).toEqual('invalid-input');
      }
      expect(await codeOf(store.saveTaskRun(successOf(experiment, 'atlantis')))).toEqual('not-found');
      expect(await codeOf(store.saveTaskRun({ ...successOf(experiment, 'peru'), experimentId: 'nothing' }))).toEqual(
        'not-found',
      );
      expect(await collect(store.listTaskRuns(experiment.id))).toEqual([]);
    });

    test('lists the task runs of the given examples only', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const slots = ['france', 'peru', 'kenya'].flatMap((id) => [1, 2].map((repetition) => ({ id, repetition })));
      await Promise.all(slots.map(({ id, repetition }) => store.saveTaskRun(successOf(experiment, id, repetition))));
      const listed = async (exampleIds: readonly string[]) => {
        const runs = await collect(store.listTaskRuns(experiment.id, { exampleIds }));
        return runs.map(({ exampleId, repetition }) => `${exampleId} ${repetition}`).sort();
      };

      expect(await listed(['peru'])).toEqual(['peru 1', 'peru 2']);
      expect(await listed(['kenya', 'france', 'kenya', 'atlantis'])).toEqual([
        'france 1',
        'france 2',
        'kenya 1',
        'kenya 2',
      ]);
      expect(await listed([])).toEqual([]);
      expect((await collect(store.listTaskRuns(experiment.id))).length).toEqual(6);
    });

    test('lists thousands of task runs, each once', async () => {
      const { store, experiment } = await startExperiment(createStore, { repetitions: 1_200 });
      const saved: TaskRun[] = [];
      for (let from = 1; from <= 1_200; from += 100) {
        const page = Array.from({ length: 100 }, (_, index) =>
          store.saveTaskRun(successOf(experiment, 'peru', from + index)),
        );
        saved.push(...(await Promise.all(page)));
      }
      const listed = await collect(store.listTaskRuns(experiment.id));
      expect(listed.map(({ id }) => id).sort()).toEqual(saved.map(({ id }) => id).sort());
      expect((await collect(store.listTaskRuns(experiment.id, { exampleIds: ['peru'] }))).length).toEqual(1_200);
    });

    test('shares no object with its caller', async () => {
      const { store, experiment } = await startExperiment(createStore);
      const output = { list: [1] };
      const saved = await store.saveTaskRun({ ...successOf(experiment, 'peru'), output });
      output.list.push(2);
      (saved.output as typeof output).list.push(3);
      const [first] = await collect(store.listTaskRuns(experiment.id));
      (first!.output as typeof output).list.push(4);
      expect((await collect(store.listTaskRuns(experiment.id)))[0]!.output).toEqual({ list: [1] });
    });
  });
}

function byRepetition(one: TaskRun, other: TaskRun): number {
  return one.repetition - other.repetition;
}
