import {
  codeOf,
  collect,
  evaluationOf,
  failedEvaluationOf,
  startExperiment,
  startTaskRun,
  successOf,
} from './contract.ts';
import type { ContractOptions, CreateStore, TestRunner } from './contract.ts';

/** Saving, replacing and listing evaluation runs. */
export function describeEvaluationRuns(
  createStore: CreateStore,
  { describe, test, expect }: TestRunner,
  options: ContractOptions,
): void {
  const { guardsConcurrentErrors = true, keepsMeasurements = true } = options;
  const measurements = {
    attempts: 4,
    latencyMs: 0.25,
    waitMs: 60_000,
    usage: { promptTokens: 7, completionTokens: 1, costUsd: null },
  };

  describe('evaluation runs', () => {
    test('lists a saved evaluation run with every field as it was saved', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      const draft = evaluationOf(taskRun, {
        kind: 'LLM',
        direction: 'minimize',
        traceId: 'ab'.repeat(16),
        ...(keepsMeasurements && measurements),
      });
      const saved = await store.saveEvaluationRun(draft);
      const { attempts: _attempts, latencyMs: _latencyMs, waitMs: _waitMs, usage: _usage, ...rest } = draft;

      expect(saved).toMatchObject(keepsMeasurements ? draft : rest);
      expect(await collect(store.listEvaluationRuns(experiment.id))).toEqual([saved]);
    });

    test('keeps failures and skips apart from scores', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      const none = { score: null, label: null, metadata: {} };
      await store.saveEvaluationRun(failedEvaluationOf(taskRun, { name: 'broken' }));
      await store.saveEvaluationRun(
        evaluationOf(taskRun, { name: 'declined', status: 'skipped', explanation: 'Not for code', ...none }),
      );
      await store.saveEvaluationRun(
        evaluationOf(taskRun, { name: 'zero', score: 0, label: null, explanation: null, metadata: {} }),
      );

      const listed = await collect(store.listEvaluationRuns(experiment.id));
      expect(listed.sort((one, other) => (one.name < other.name ? -1 : 1))).toMatchObject([
        { name: 'broken', status: 'failed', error: 'overloaded', explanation: null, ...none },
        { name: 'declined', status: 'skipped', error: null, explanation: 'Not for code', ...none },
        { name: 'zero', status: 'ok', error: null, score: 0, label: null, explanation: null, metadata: {} },
      ]);
    });

    test('replaces the evaluation of the same name by a success, under its id', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      const failed = await store.saveEvaluationRun(failedEvaluationOf(taskRun));
      const first = await store.saveEvaluationRun(evaluationOf(taskRun));
      const skipped = await store.saveEvaluationRun(
        evaluationOf(taskRun, { status: 'skipped', score: null, label: null }),
      );
      const last = await store.saveEvaluationRun(evaluationOf(taskRun, { score: 1, label: 'same' }));

      expect([first.id, skipped.id, last.id]).toEqual([failed.id, failed.id, failed.id]);
      expect([first.status, skipped.status, last.score]).toEqual(['ok', 'skipped', 1]);
      expect(await collect(store.listEvaluationRuns(experiment.id))).toEqual([last]);
    });

    test('lets a failure replace nothing but a failure, and gives back the row that stands', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      await store.saveEvaluationRun(failedEvaluationOf(taskRun));
      expect(await store.saveEvaluationRun(failedEvaluationOf(taskRun, { error: 'out of quota' }))).toMatchObject({
        error: 'out of quota',
      });
      const success = await store.saveEvaluationRun(evaluationOf(taskRun));
      expect(await store.saveEvaluationRun(failedEvaluationOf(taskRun))).toEqual(success);
      const skipped = await store.saveEvaluationRun(
        evaluationOf(taskRun, { name: 'other', status: 'skipped', score: null, label: null }),
      );
      expect(await store.saveEvaluationRun(failedEvaluationOf(taskRun, { name: 'other' }))).toEqual(skipped);

      expect((await collect(store.listEvaluationRuns(experiment.id))).map(({ status }) => status).sort()).toEqual([
        'ok',
        'skipped',
      ]);
    });

    if (guardsConcurrentErrors) {
      test('keeps the success when failures of the same name are saved at once', async () => {
        const { store, experiment, taskRun } = await startTaskRun(createStore);
        const drafts = Array.from({ length: 9 }, (_, index) =>
          index === 4 ? evaluationOf(taskRun) : failedEvaluationOf(taskRun),
        );
        await Promise.all(drafts.map((draft) => store.saveEvaluationRun(draft)));
        expect(await collect(store.listEvaluationRuns(experiment.id))).toMatchObject([{ status: 'ok', score: 0.75 }]);
      });
    }

    test('trims names, so that one evaluator has one row, and refuses those it would have to change', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      await store.saveEvaluationRun(evaluationOf(taskRun, { name: 'exact ' }));
      await store.saveEvaluationRun(evaluationOf(taskRun, { name: ' exact' }));

      expect((await collect(store.listEvaluationRuns(experiment.id))).map(({ name }) => name)).toEqual(['exact']);
      for (const name of [' ', 'half \uD83E'])
        expect(await codeOf(store.saveEvaluationRun(evaluationOf(taskRun, { name })))).toEqual('invalid-input');
    });

    test('refuses a score that is not finite', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      for (const score of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        expect(await codeOf(store.saveEvaluationRun(evaluationOf(taskRun, { score })))).toEqual('invalid-input');
      }
      expect(await collect(store.listEvaluationRuns(experiment.id))).toEqual([]);
    });

    test('rejects an evaluation of a task run that does not exist', async () => {
      const { store, dataset, taskRun } = await startTaskRun(createStore);
      for (const taskRunId of ['nothing', dataset.id, '']) {
        expect(await codeOf(store.saveEvaluationRun(evaluationOf(taskRun, { taskRunId })))).toEqual('not-found');
      }
    });

    test('lists the evaluations of the given examples only', async () => {
      const { store, experiment } = await startExperiment(createStore);
      for (const exampleId of ['france', 'peru', 'kenya']) {
        const taskRun = await store.saveTaskRun(successOf(experiment, exampleId, 2));
        for (const name of ['exact', 'close']) await store.saveEvaluationRun(evaluationOf(taskRun, { name }));
      }
      const listed = async (exampleIds: readonly string[]) => {
        const runs = await collect(store.listEvaluationRuns(experiment.id, { exampleIds }));
        return runs.map(({ exampleId, repetition, name }) => `${exampleId} ${repetition} ${name}`).sort();
      };

      expect(await listed(['peru', 'peru', 'atlantis'])).toEqual(['peru 2 close', 'peru 2 exact']);
      expect(await listed([])).toEqual([]);
      expect((await collect(store.listEvaluationRuns(experiment.id))).length).toEqual(6);
    });
  });
}
