import type { Catalog } from '../store.ts';
import {
  capitals,
  codeOf,
  collect,
  evaluationOf,
  startExperiment,
  startTaskRun,
  successOf,
  uniqueName,
} from './contract.ts';
import type { CreateStore, TestRunner } from './contract.ts';

/** Browsing and mending. */
export function describeCatalogs(createStore: CreateStore<Catalog>, { describe, test, expect }: TestRunner): void {
  describe('datasets', () => {
    test('lists datasets newest first, and by name', async () => {
      const store = await createStore();
      const first = await store.saveDataset({ name: uniqueName('first'), examples: capitals });
      const second = await store.saveDataset({ name: uniqueName('second'), examples: [] });
      const ids = (await collect(store.listDatasets())).map(({ id }) => id);

      expect(ids.filter((id) => id === first.id || id === second.id)).toEqual([second.id, first.id]);
      expect(await collect(store.listDatasets({ name: first.name }))).toEqual([first]);
      expect(await collect(store.listDatasets({ name: uniqueName('nothing') }))).toEqual([]);
    });

    test('lists the versions of a dataset newest first', async () => {
      const store = await createStore();
      const name = uniqueName('capitals');
      const first = await store.saveDataset({ name, examples: [] });
      const second = await store.saveDataset({ name, examples: capitals });

      const versions = await collect(store.listVersions(first.id));
      expect(versions.map(({ id, datasetId }) => [id, datasetId])).toEqual([
        [second.versionId, first.id],
        [first.versionId, first.id],
      ]);
      expect(await codeOf(collect(store.listVersions('nothing')))).toEqual('not-found');
    });

    test('appends examples and replaces those with the same id, as one version', async () => {
      const { store, dataset } = await startExperiment(createStore);
      const added = [
        { id: 'peru', input: { country: 'Perú' } },
        { id: 'chad', input: { country: 'Chad' } },
      ];
      const after = await store.appendExamples(dataset.id, added);

      const listed = await collect(store.listExamples({ datasetId: after.id, versionId: after.versionId }));
      expect(listed.map(({ id, input }) => [id, (input as { country: string }).country])).toEqual([
        ['france', 'France'],
        ['peru', 'Perú'],
        ['kenya', 'Kenya'],
        ['chad', 'Chad'],
      ]);
      expect(after.exampleCount).toEqual(4);
      expect((await store.appendExamples(dataset.id, added)).versionId).toEqual(after.versionId);
      expect((await collect(store.listVersions(dataset.id))).length).toEqual(2);
      expect(await codeOf(store.appendExamples(dataset.id, [...added, ...added]))).toEqual('invalid-config');
      expect(await codeOf(store.appendExamples('nothing', added))).toEqual('not-found');
    });

    test('renames and describes a dataset, and leaves what is left out', async () => {
      const { store, dataset } = await startExperiment(createStore);
      const name = uniqueName('renamed');
      await store.updateDataset(dataset.id, { name, metadata: { a: 1 } });
      const updated = await store.updateDataset(dataset.id, { description: 'Of countries' });

      expect(updated).toMatchObject({
        id: dataset.id,
        name,
        description: 'Of countries',
        metadata: { a: 1 },
        versionId: dataset.versionId,
      });
      expect(await store.updateDataset(dataset.id, { description: null, metadata: {} })).toMatchObject({
        name,
        description: null,
        metadata: {},
      });
      expect(await codeOf(store.getDataset({ name: dataset.name }))).toEqual('not-found');
      expect(await codeOf(store.updateDataset('nothing', {}))).toEqual('not-found');
    });

    test('refuses a name that another dataset has', async () => {
      const { store, dataset } = await startExperiment(createStore);
      const other = await store.saveDataset({ name: uniqueName('other'), examples: [] });
      expect(await codeOf(store.updateDataset(other.id, { name: dataset.name }))).toEqual('conflict');
      expect(await codeOf(store.updateDataset(other.id, { name: ' ' }))).toEqual('invalid-input');
    });

    test('deletes a dataset with its experiments', async () => {
      const { store, dataset, experiment, taskRun } = await startTaskRun(createStore);
      await store.deleteDataset(dataset.id);

      expect(await codeOf(store.getDataset({ id: dataset.id }))).toEqual('not-found');
      expect(await codeOf(store.getExperiment(experiment.id))).toEqual('not-found');
      expect(await codeOf(store.saveEvaluationRun(evaluationOf(taskRun)))).toEqual('not-found');
      expect(await codeOf(store.deleteDataset(dataset.id))).toEqual('not-found');
      expect((await store.saveDataset({ name: dataset.name, examples: capitals })).id === dataset.id).toEqual(false);
    });

    test('makes a split hold exactly the given examples', async () => {
      const { store, dataset } = await startExperiment(createStore);
      const name = uniqueName('hard');
      const first = await store.saveSplit({
        datasetId: dataset.id,
        name,
        description: 'Few know',
        exampleIds: ['peru', 'kenya', 'peru'],
      });
      const second = await store.saveSplit({ datasetId: dataset.id, name, exampleIds: ['france'] });

      expect([first.exampleCount, second.exampleCount, second.id]).toEqual([2, 1, first.id]);
      expect(second).toMatchObject({ name, description: 'Few know' });
      const listed = await collect(
        store.listExamples({ datasetId: dataset.id, versionId: dataset.versionId, splits: [name] }),
      );
      expect(listed.map(({ id }) => id)).toEqual(['france']);
      expect(await codeOf(store.saveSplit({ datasetId: dataset.id, name, exampleIds: ['peru', 'atlantis'] }))).toEqual(
        'not-found',
      );
      expect((await store.getDataset({ id: dataset.id }, { splits: [name] })).exampleCount).toEqual(1);
    });
  });

  describe('experiments', () => {
    test('lists experiments newest first, by dataset and by name', async () => {
      const { store, dataset, experiment } = await startExperiment(createStore);
      const name = uniqueName('named');
      const named = await store.createExperiment({
        datasetId: dataset.id,
        datasetVersionId: dataset.versionId,
        name,
        repetitions: 1,
      });

      expect(await collect(store.listExperiments({ datasetId: dataset.id }))).toEqual([named, experiment]);
      expect(await collect(store.listExperiments({ name }))).toEqual([named]);
      expect(await collect(store.listExperiments({ datasetId: dataset.id, name: uniqueName('nothing') }))).toEqual([]);
      const ids = (await collect(store.listExperiments())).map(({ id }) => id);
      expect(ids.filter((id) => id === named.id || id === experiment.id)).toEqual([named.id, experiment.id]);
      expect(await codeOf(collect(store.listExperiments({ datasetId: 'nothing' })))).toEqual('not-found');
    });

    test('patches what is given and replaces metadata whole', async () => {
      const { store, experiment } = await startExperiment(createStore);
      await store.patchExperiment(experiment.id, { name: 'renamed', description: 'Better', metadata: { a: 1, b: 2 } });
      const patched = await store.patchExperiment(experiment.id, { metadata: { c: 3 } });

      expect(patched).toEqual({ ...experiment, name: 'renamed', description: 'Better', metadata: { c: 3 } });
      expect(await store.getExperiment(experiment.id)).toEqual(patched);
      expect(await store.patchExperiment(experiment.id, { description: null })).toMatchObject({ description: null });
      expect(await codeOf(store.patchExperiment(experiment.id, { name: '' }))).toEqual('invalid-input');
      expect(await codeOf(store.patchExperiment('nothing', {}))).toEqual('not-found');
    });

    test('deletes an experiment with its runs and evaluations, and leaves its dataset', async () => {
      const { store, dataset, experiment, taskRun } = await startTaskRun(createStore);
      await store.saveEvaluationRun(evaluationOf(taskRun));
      await store.saveTag({ experimentId: experiment.id, name: 'baseline' });
      await store.deleteExperiment(experiment.id);

      expect(await codeOf(store.getExperiment(experiment.id))).toEqual('not-found');
      expect(await codeOf(collect(store.listTaskRuns(experiment.id)))).toEqual('not-found');
      expect(await codeOf(store.saveTaskRun(successOf(experiment, 'peru')))).toEqual('not-found');
      expect(await codeOf(store.saveEvaluationRun(evaluationOf(taskRun)))).toEqual('not-found');
      expect(await codeOf(store.deleteExperiment(experiment.id))).toEqual('not-found');
      expect((await store.getDataset({ id: dataset.id })).exampleCount).toEqual(3);
    });

    test('attaches annotations, each in place of the one of its name', async () => {
      const { store, experiment, taskRun } = await startTaskRun(createStore);
      const judged = await store.saveEvaluationRun(evaluationOf(taskRun, { direction: 'minimize' }));
      const { saved, unknownTaskRunIds } = await store.annotateRuns(experiment.id, [
        { taskRunId: taskRun.id, name: 'exact', score: 1 },
        { taskRunId: taskRun.id, name: 'tone', label: 'curt', explanation: 'No greeting', metadata: { by: 'Ada' } },
        { taskRunId: 'nothing', name: 'tone', score: 1 },
      ]);

      expect(unknownTaskRunIds).toEqual(['nothing']);
      expect(saved).toMatchObject([
        { id: judged.id, name: 'exact', kind: 'HUMAN', status: 'ok', score: 1, label: null, direction: 'minimize' },
        {
          name: 'tone',
          kind: 'HUMAN',
          status: 'ok',
          score: null,
          label: 'curt',
          explanation: 'No greeting',
          metadata: { by: 'Ada' },
        },
      ]);
      const listed = await collect(store.listEvaluationRuns(experiment.id));
      expect(listed.sort((one, other) => (one.name < other.name ? -1 : 1))).toEqual([...saved]);
    });

    test('refuses annotations of another experiment, and those that say nothing', async () => {
      const { store, experiment } = await startTaskRun(createStore);
      const other = await startTaskRun(() => store);

      const { unknownTaskRunIds } = await store.annotateRuns(experiment.id, [
        { taskRunId: other.taskRun.id, name: 'tone', score: 1 },
      ]);
      expect(unknownTaskRunIds).toEqual([other.taskRun.id]);
      expect(
        await codeOf(store.annotateRuns(other.experiment.id, [{ taskRunId: other.taskRun.id, name: 'tone' }])),
      ).toEqual('invalid-input');
      expect(await collect(store.listEvaluationRuns(other.experiment.id))).toEqual([]);
      expect(await codeOf(store.annotateRuns('nothing', []))).toEqual('not-found');
    });

    test('moves a tag to the experiment it is saved for', async () => {
      const { store, dataset, experiment } = await startExperiment(createStore);
      const next = await store.createExperiment({
        datasetId: dataset.id,
        datasetVersionId: dataset.versionId,
        repetitions: 1,
      });
      const other = await startExperiment(() => store);
      await store.saveTag({ experimentId: other.experiment.id, name: 'baseline' });
      await store.saveTag({ experimentId: experiment.id, name: 'baseline', description: 'In production' });
      const moved = await store.saveTag({ experimentId: next.id, name: 'baseline' });

      expect(moved).toMatchObject({ experimentId: next.id, name: 'baseline', description: 'In production' });
      expect(await collect(store.listTags(experiment.id))).toEqual([]);
      expect(await collect(store.listTags(next.id))).toEqual([moved]);
      expect((await collect(store.listTags(other.experiment.id))).length).toEqual(1);
      expect(await codeOf(store.saveTag({ experimentId: 'nothing', name: 'baseline' }))).toEqual('not-found');
      for (const name of [' ', 'Bad Tag', '-best', 'größe'])
        expect(await codeOf(store.saveTag({ experimentId: next.id, name }))).toEqual('invalid-input');
      expect(await codeOf(collect(store.listTags('nothing')))).toEqual('not-found');
    });
  });
}
