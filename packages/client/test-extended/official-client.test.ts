import { createClient } from '@arizeai/phoenix-client';
import { createDataset } from '@arizeai/phoenix-client/datasets';
import { asExperimentEvaluator, runExperiment } from '@arizeai/phoenix-client/experiments';
import { expect, test } from 'vitest';
import { connect, phoenixUrl, uniqueName } from './phoenix-server.ts';

const client = connect();
const official = createClient({ options: { baseUrl: phoenixUrl } });
const silent = { info() {}, warn() {}, error() {}, debug() {}, table() {}, log() {} };

test('reads and finishes an experiment that the official client began', async () => {
  const name = uniqueName('theirs');
  const examples = ['Peru', 'France', 'Kenya'].map((country) => ({
    input: { country },
    output: { capital: country },
    metadata: { by: 'them' },
  }));
  const { datasetId } = await createDataset({ client: official, name, description: 'Of countries', examples });
  const { id } = await runExperiment({
    client: official,
    dataset: { datasetId },
    logger: silent,
    repetitions: 2,
    setGlobalTracerProvider: false,
    task: ({ input }) => {
      if (input['country'] === 'Kenya') throw new Error('overloaded');
      return `The capital of ${String(input['country'])}`;
    },
    evaluators: [
      asExperimentEvaluator({
        name: 'length',
        kind: 'CODE',
        evaluate: ({ output }) => ({ score: String(output).length, metadata: { unit: 'characters' } }),
      }),
    ],
  });

  const read = await client.experiments.read(id);
  expect(read.summary.taskRuns).toEqual({ planned: 6, ok: 4, failed: 2, missing: 0 });
  expect(read.examples[0]).toMatchObject({
    input: { country: 'Peru' },
    expected: { capital: 'Peru' },
    metadata: { by: 'them' },
  });
  expect(read.taskRuns[0]).toMatchObject({ repetition: 1, output: 'The capital of Peru', attempts: 1, error: null });
  expect(read.evaluationRuns.find(({ taskRunId }) => taskRunId === read.taskRuns[0]?.id)).toMatchObject({
    name: 'length',
    score: 19,
    metadata: { unit: 'characters' },
    status: 'ok',
  });

  const again: string[] = [];
  const finished = await client.experiments.resume({
    experimentId: id,
    task: ({ example, input }) => {
      again.push(example.id);
      return `The capital of ${String(input)}`;
    },
    evaluators: { length: ({ output }) => String(output).length },
    printSummary: false,
  });
  expect(again).toEqual([read.examples[2]?.id, read.examples[2]?.id]);
  expect(finished.summary.taskRuns).toEqual({ planned: 6, ok: 6, failed: 0, missing: 0 });
  expect(finished.summary.evaluators['length']).toMatchObject({ ok: 6, failed: 0, missing: 0 });
});

test('keeps the examples of a dataset that the official client made when more are added', async () => {
  const name = uniqueName('shared');
  await createDataset({
    client: official,
    name,
    description: '',
    examples: [{ input: { q: 1 }, splits: ['shared-split'] }],
  });
  const before = await client.datasets.get(name);
  const after = await client.datasets.update(name, { examples: [...before.examples, { id: 'own', input: { q: 2 } }] });
  const { examples } = await client.datasets.get(name);
  expect(after.exampleCount).toBe(2);
  expect(examples.map(({ id, splits }) => [id, splits])).toEqual([
    [before.examples[0]?.id, ['shared-split']],
    ['own', []],
  ]);
});
