// The life cycle of datasets and experiments through the official TypeScript client.
// Usage: life-cycle.mjs URL. Prints what it found as one JSON document.
import { createClient } from '@arizeai/phoenix-client';
import { appendDatasetExamples, createDataset, getDataset, getDatasetExamples } from '@arizeai/phoenix-client/datasets';
import {
  asExperimentEvaluator,
  getExperiment,
  getExperimentRuns,
  listExperiments,
  resumeEvaluation,
  resumeExperiment,
  runExperiment,
} from '@arizeai/phoenix-client/experiments';

const client = createClient({ options: { baseUrl: process.argv[2] } });
const found = {};

const examples = ['a', 'b', 'fails'].map((question) => ({
  input: { question },
  output: { answer: question.toUpperCase() },
  metadata: {},
}));
const { datasetId } = await createDataset({ client, name: 'typescript', description: 'of the test', examples });
found.examples = (await getDatasetExamples({ client, dataset: { datasetId } })).examples.length;
await appendDatasetExamples({
  client,
  dataset: { datasetId },
  examples: [{ id: 'own', input: { question: 'c' }, output: { answer: 'C' }, metadata: {}, splits: ['late'] }],
});
const dataset = await getDataset({ client, dataset: { datasetName: 'typescript' } });
found.appended = dataset.examples.length;
found.split = (await getDatasetExamples({ client, dataset: { datasetId, splits: ['late'] } })).examples.map(
  ({ id }) => id,
);

const exact = asExperimentEvaluator({
  name: 'exact',
  kind: 'CODE',
  evaluate: ({ output, expected }) => ({ score: output === expected.answer ? 1 : 0, label: 'checked' }),
});
const task = ({ input }) => {
  if (input.question === 'fails') throw new Error('overloaded');
  return input.question.toUpperCase();
};
const experiment = await runExperiment({
  client,
  dataset: { datasetId },
  experimentName: 'baseline',
  task,
  evaluators: [exact],
  repetitions: 2,
});
found.counts = countsOf(await settled(experiment.id));
await resumeExperiment({
  client,
  experimentId: experiment.id,
  task: ({ input }) => input.question.toUpperCase(),
  evaluators: [exact],
});
found.countsAfterResume = countsOf(await settled(experiment.id));
await resumeEvaluation({
  client,
  experimentId: experiment.id,
  evaluators: [asExperimentEvaluator({ name: 'late', kind: 'CODE', evaluate: () => ({ score: 1 }) })],
});
found.runs = (await getExperimentRuns({ client, experimentId: experiment.id })).runs.length;
found.outputs = [
  ...new Set(
    (await getExperiment({ client, experimentId: experiment.id })).runs
      ? Object.values((await getExperiment({ client, experimentId: experiment.id })).runs).map(({ output }) => output)
      : [],
  ),
].sort();
found.experiments = (await listExperiments({ client, datasetId })).length;

console.log(`FOUND ${JSON.stringify(found)}`);
process.exit(0);

async function settled(experimentId) {
  // The client does not wait for what it posts.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return getExperiment({ client, experimentId });
}

function countsOf({ successfulRunCount, failedRunCount, missingRunCount }) {
  return [successfulRunCount, failedRunCount, missingRunCount];
}
