/*
 * Runs per second against one Phoenix server: our client, the official TypeScript client, and a bare undici loop that
 * sends the same requests. One evaluator, 10 calls at once, a task that does nothing.
 *
 *   ASSAY_PHOENIX_URL=http://127.0.0.1:6006 node bench/client/phoenix.ts [examples] [rounds]
 *
 * The three take turns, each round in another order, since a server grows slower as its database grows; each begins on
 * a server that has nothing left to do, since the official client leaves it spans to store. "Stored" is how many
 * evaluations were on the server at the moment when the call returned.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { createPhoenixClient as CreatePhoenixClient } from '../../packages/client/src/index.ts';

const endpoint = process.env['ASSAY_PHOENIX_URL'];
if (endpoint === undefined) throw new Error('Set ASSAY_PHOENIX_URL to a Phoenix server');
const count = Number(process.argv[2] ?? 300);
const rounds = Number(process.argv[3] ?? 3);
const concurrency = 10;

const packageRequire = createRequire(new URL('../../packages/client/package.json', import.meta.url));
const load = (name: string): Promise<unknown> => import(pathToFileURL(packageRequire.resolve(name)).href);
const { Agent, request } = (await load('undici')) as {
  Agent: new (options: { connections: number }) => { close(): Promise<void> };
  request(url: string, options: object): Promise<{ body: { json(): Promise<unknown> } }>;
};
const { createPhoenixClient } = (await import('../../packages/client/dist/index.js' as string)) as {
  createPhoenixClient: typeof CreatePhoenixClient;
};
const official = (await load('@arizeai/phoenix-client/experiments')) as {
  runExperiment(options: object): Promise<{ id: string }>;
  asExperimentEvaluator(evaluator: object): object;
};
const officialClient = (await load('@arizeai/phoenix-client')) as { createClient(options: object): object };

interface Outcome {
  readonly runsPerSecond: number;
  readonly experimentId: string;
}

const client = createPhoenixClient({ endpoint });
const name = `bench ${Date.now().toString(36)}`;
const dataset = await client.datasets.create({
  name,
  examples: Array.from({ length: count }, (_, index) => ({
    id: `example-${index}`,
    input: { index },
    expected: { index },
  })),
});
const nodeIds = (await client.datasets.download(dataset.id, { format: 'jsonl' }))
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { node_id: string }).node_id);

async function ours(): Promise<Outcome> {
  return timed(async () => {
    const ran = await client.experiments.run({
      dataset: { id: dataset.id },
      concurrency,
      printSummary: false,
      task: () => ({ answer: 'Lima' }),
      evaluators: { exact: () => 1 },
    });
    return ran.id;
  });
}

async function theirs(): Promise<Outcome> {
  const silent = { info() {}, warn() {}, error() {}, debug() {}, table() {}, log() {} };
  return timed(async () => {
    const ran = await official.runExperiment({
      client: officialClient.createClient({ options: { baseUrl: endpoint } }),
      dataset: { datasetId: dataset.id },
      concurrency,
      logger: silent,
      task: () => ({ answer: 'Lima' }),
      evaluators: [official.asExperimentEvaluator({ name: 'exact', kind: 'CODE', evaluate: () => ({ score: 1 }) })],
    });
    return ran.id;
  });
}

async function bare(): Promise<Outcome> {
  const agent = new Agent({ connections: 64 });
  const post = async (path: string, body: object): Promise<string> => {
    const answer = await request(`${endpoint}${path}`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return ((await answer.body.json()) as { data: { id: string } }).data.id;
  };
  const outcome = await timed(async () => {
    const experimentId = await post(`/v1/datasets/${encodeURIComponent(dataset.id)}/experiments`, { repetitions: 1 });
    const rest = [...nodeIds];
    const lane = async (): Promise<void> => {
      for (let nodeId = rest.shift(); nodeId !== undefined; nodeId = rest.shift()) {
        const times = { start_time: new Date().toISOString(), end_time: new Date().toISOString() };
        const runId = await post(`/v1/experiments/${encodeURIComponent(experimentId)}/runs`, {
          dataset_example_id: nodeId,
          output: { answer: 'Lima' },
          repetition_number: 1,
          ...times,
        });
        await post('/v1/experiment_evaluations', {
          experiment_run_id: runId,
          name: 'exact',
          annotator_kind: 'CODE',
          result: { score: 1 },
          ...times,
        });
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    return experimentId;
  });
  await agent.close();
  return outcome;
}

async function timed(work: () => Promise<string>): Promise<Outcome> {
  const start = performance.now();
  const experimentId = await work();
  return { runsPerSecond: count / ((performance.now() - start) / 1000), experimentId };
}

/** Asked at once when the call has returned. */
async function storedEvaluations(experimentId: string): Promise<number> {
  let stored = 0;
  for await (const { status } of client.experiments.listEvaluations(experimentId)) if (status === 'ok') stored += 1;
  return stored;
}

/** Waits until the server answers as quickly as it did when it had nothing to do. */
async function quiet(): Promise<void> {
  for (let calm = 0; calm < 3;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const start = performance.now();
    await client.datasets.list().page({ limit: 1 });
    calm = performance.now() - start < 25 ? calm + 1 : 0;
  }
}

const contenders = { ours, official: theirs, bare };
const rates: Record<string, number[]> = { ours: [], official: [], bare: [] };
const stored: Record<string, number> = {};
for (let round = 0; round < rounds; round += 1) {
  const order = Object.entries(contenders);
  for (const [who, run] of [...order.slice(round % 3), ...order.slice(0, round % 3)]) {
    await quiet();
    const { runsPerSecond, experimentId } = await run();
    stored[who] = await storedEvaluations(experimentId);
    rates[who]?.push(runsPerSecond);
  }
}
const median = (who: string): number => rates[who]!.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]!;
for (const who of Object.keys(contenders)) {
  console.log(
    `${who.padEnd(9)} ${median(who).toFixed(1).padStart(7)} runs/s   (${rates[who]!.map((rate) => rate.toFixed(0)).join(', ')})   stored ${stored[who]} of ${count}`,
  );
}
console.log(
  `ours is ${(median('ours') / median('official')).toFixed(2)} times the official client, and ${((100 * median('ours')) / median('bare')).toFixed(0)} % of the bare loop; Phoenix ${client.serverVersion()}`,
);
await client.close();
