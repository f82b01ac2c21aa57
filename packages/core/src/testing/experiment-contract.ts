import { capitals, codeOf, collect, startExperiment, uniqueName } from './contract.ts';
import type { CreateStore, TestRunner } from './contract.ts';

/** Experiments and the examples that are fixed when they are created. */
export function describeExperiments(createStore: CreateStore, { describe, test, expect }: TestRunner): void {
  describe('experiments', () => {
    test('finds a created experiment with everything that was given', async () => {
      const { store, dataset } = await startExperiment(createStore);
      const draft = {
        name: 'baseline',
        description: 'First try',
        metadata: { model: 'small', seed: [1, null] },
        repetitions: 3,
      };
      const created = await store.createExperiment({
        datasetId: dataset.id,
        datasetVersionId: dataset.versionId,
        ...draft,
      });

      expect(created).toMatchObject({
        ...draft,
        datasetId: dataset.id,
        datasetVersionId: dataset.versionId,
        splits: null,
        exampleCount: 3,
      });
      expect(await store.getExperiment(created.id)).toEqual(created);
    });

    test('makes a name from that of the dataset when none is given', async () => {
      const { store, dataset, experiment } = await startExperiment(createStore);
      const pin = { datasetId: dataset.id, datasetVersionId: dataset.versionId, repetitions: 1 };
      const blank = await store.createExperiment({ ...pin, name: ' ' });

      expect(experiment.name.startsWith('capitals')).toEqual(true);
      expect(blank.name.startsWith('capitals')).toEqual(true);
      expect(blank.name === experiment.name).toEqual(false);
      expect(await store.createExperiment({ ...pin, name: ' padded ' })).toMatchObject({
        name: 'padded',
        description: null,
        metadata: {},
      });
    });

    test('keeps the examples it was created with, whatever becomes of the dataset', async () => {
      const { store, dataset, experiment } = await startExperiment(createStore);
      const before = await collect(store.listExamples({ experimentId: experiment.id }));
      await store.saveDataset({
        name: dataset.name,
        examples: [
          { ...capitals[0]!, expected: { capital: 'Lutetia' } },
          { id: 'chad', input: {} },
        ],
      });

      expect(before.map(({ id }) => id)).toEqual(['france', 'peru', 'kenya']);
      expect(await collect(store.listExamples({ experimentId: experiment.id }))).toEqual(before);
      expect((await store.getExperiment(experiment.id)).exampleCount).toEqual(3);
    });

    test('takes the examples of the version it is given, not of the newest', async () => {
      const { store, dataset } = await startExperiment(createStore);
      await store.saveDataset({ name: dataset.name, examples: capitals.slice(0, 1) });
      const { id } = await store.createExperiment({
        datasetId: dataset.id,
        datasetVersionId: dataset.versionId,
        repetitions: 1,
      });

      expect((await collect(store.listExamples({ experimentId: id }))).map((example) => example.id)).toEqual([
        'france',
        'peru',
        'kenya',
      ]);
    });

    test('fixes the members of its splits when it is created', async () => {
      const store = await createStore();
      const [easy, hard] = [uniqueName('easy'), uniqueName('hard')];
      const name = uniqueName('capitals');
      const examples = capitals.map((example, index) => ({ ...example, splits: [index === 1 ? hard : easy] }));
      const dataset = await store.saveDataset({ name, examples });
      const pin = { datasetId: dataset.id, datasetVersionId: dataset.versionId, repetitions: 1 };
      const experiment = await store.createExperiment({ ...pin, splits: [hard] });
      await store.saveDataset({ name, examples: capitals.map((example) => ({ ...example, splits: [hard] })) });

      expect(experiment).toMatchObject({ splits: [hard], exampleCount: 1 });
      expect((await collect(store.listExamples({ experimentId: experiment.id }))).map(({ id }) => id)).toEqual([
        'peru',
      ]);
      expect(await store.createExperiment({ ...pin, splits: [hard] })).toMatchObject({ exampleCount: 3 });
      expect(await store.createExperiment({ ...pin, splits: [] })).toMatchObject({ splits: null, exampleCount: 3 });
    });

    test('rejects what does not exist as not found', async () => {
      const { store, dataset, experiment } = await startExperiment(createStore);
      const pin = { datasetId: dataset.id, datasetVersionId: dataset.versionId, repetitions: 1 };

      for (const id of ['nothing', dataset.id, '']) {
        expect(await codeOf(store.getExperiment(id))).toEqual('not-found');
        expect(await codeOf(collect(store.listExamples({ experimentId: id })))).toEqual('not-found');
        expect(await codeOf(collect(store.listTaskRuns(id)))).toEqual('not-found');
        expect(await codeOf(collect(store.listEvaluationRuns(id)))).toEqual('not-found');
      }
      expect(await codeOf(store.createExperiment({ ...pin, datasetId: experiment.id }))).toEqual('not-found');
      expect(await codeOf(store.createExperiment({ ...pin, datasetVersionId: 'nothing' }))).toEqual('not-found');
      expect(await codeOf(store.createExperiment({ ...pin, splits: [uniqueName('nothing')] }))).toEqual('not-found');
    });

    test('refuses repetitions that are no whole number from 1', async () => {
      const { store, dataset } = await startExperiment(createStore);
      for (const repetitions of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const draft = { datasetId: dataset.id, datasetVersionId: dataset.versionId, repetitions };
        expect(await codeOf(store.createExperiment(draft))).toEqual('invalid-input');
      }
    });
  });
}
