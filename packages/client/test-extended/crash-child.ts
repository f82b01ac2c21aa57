import { createPhoenixClient } from '../src/index.ts';

/*
 * Runs an experiment of many slow calls until it is killed. Says `call ID REPETITION` when a call begins, and
 * `saved ID REPETITION` once its record is durable.
 */
const [endpoint = '', name = ''] = process.argv.slice(2);
const client = createPhoenixClient({ endpoint });

await client.experiments.run({
  dataset: { name },
  name,
  repetitions: 2,
  concurrency: 5,
  printSummary: false,
  task: async ({ example, repetition }) => {
    process.stdout.write(`call ${example.id} ${repetition}\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return `${example.id} ${repetition}`;
  },
  evaluators: { length: ({ output }) => String(output).length },
  onEvent: (event) => {
    if (event.type === 'started') process.stdout.write(`experiment ${event.experiment.id}\n`);
    if (event.type === 'task-run-saved') process.stdout.write(`saved ${event.run.exampleId} ${event.run.repetition}\n`);
    if (event.type === 'evaluation-run-saved')
      process.stdout.write(`judged ${event.run.exampleId} ${event.run.repetition}\n`);
  },
});
