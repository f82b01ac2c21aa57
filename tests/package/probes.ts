/** Programs that a user's project runs with the packed packages. Each prints `ok`. */
export const probes: readonly { readonly name: string; readonly code: string }[] = [
  {
    name: 'core runs an experiment, typed to the last field',
    code: `
import { runExperiment } from '@assay/core';
const core = async () => {
  const ran = await runExperiment({
    dataset: [{ input: { country: 'Peru' }, expected: 'Lima' }, { input: { country: 'France' }, expected: 'Paris' }],
    task: async ({ input }) => (input.country === 'Peru' ? 'Lima' : 'Lyon'),
    evaluators: { exact: ({ output, expected }) => output === expected },
    printSummary: false,
  });
  const output: string | null = ran.taskRuns[0]!.output;
  const typed: 0 extends 1 & typeof output ? never : string | null = output;
  if (typed !== 'Lima' || ran.summary.evaluators['exact']!.mean !== 0.5) throw new Error('wrong result');
  console.log('ok');
};
void core();
`,
  },
  {
    name: 'prices know what a call cost',
    code: `
import { costOf, createPriceList, usageOf } from '@assay/prices';
const prices = createPriceList({ mine: { promptPerMillion: 2, completionPerMillion: 0 } });
const cost: number | null = prices.costOf({ promptTokens: 500_000, completionTokens: 1 }, 'mine');
const used = usageOf({ usage: { inputTokens: 10, outputTokens: 1 } }, { model: 'gpt-5-mini' });
if (cost !== 1 || used.costUsd === null || costOf({ promptTokens: 1, completionTokens: 1 }, 'mine') !== null)
  throw new Error('wrong cost');
console.log('ok');
`,
  },
  {
    name: 'otel traces an experiment',
    code: `
import { runExperiment } from '@assay/core';
import { createTracer, createUsageProcessor, type ExperimentTracer } from '@assay/otel';
const traced = async () => {
  const tracer: ExperimentTracer = createTracer({ endpoint: 'http://127.0.0.1:9', flushTimeoutMs: 10 });
  const ran = await runExperiment({ dataset: [{ input: 1 }], task: ({ input }) => input, tracer, printSummary: false });
  const traceId: string | null = ran.taskRuns[0]!.traceId;
  if (traceId?.length !== 32 || ran.warnings.length !== 1) throw new Error('wrong result');
  await createUsageProcessor().shutdown();
  console.log('ok');
};
void traced();
`,
  },
  {
    name: 'store keeps an experiment, frames export it',
    code: `
import { runExperiment } from '@assay/core';
import { runsFrame, toParquet } from '@assay/frames';
import { openStore } from '@assay/store';
const kept = async () => {
  const store = await openStore('memory:');
  const ran = await runExperiment({ dataset: [{ input: 1 }], task: ({ input }) => input + 1, store, printSummary: false });
  const frame = runsFrame(ran);
  const bytes: Uint8Array = await toParquet(frame, { compression: 'zstd' });
  if (frame.numRows() !== 1 || bytes.length < 4) throw new Error('wrong result');
  await store.close();
  console.log('ok');
};
void kept();
`,
  },
  {
    name: 'notebook follows a run, typed to the last field, and shows it',
    code: `
import { streamExperiment } from '@assay/core';
import { live, show } from '@assay/notebook';
const followed = async () => {
  const ran = await live(
    streamExperiment({ dataset: [{ input: { country: 'Peru' }, expected: 'Lima' }], task: async ({ input }) => input.country.length }),
  );
  const output: number | null = ran.taskRuns[0]!.output;
  const typed: 0 extends 1 & typeof output ? never : number | null = output;
  const country: string = ran.examples[0]!.input.country;
  if (typed !== 4 || country !== 'Peru' || !String(show(ran)).includes('1 ok')) throw new Error('wrong result');
  console.log('ok');
};
void followed();
`,
  },
];

/** The same in the cells of a notebook. A wrong type in a cell would stop it. */
export const cells: readonly string[] = [
  `import { runExperiment, streamResume } from '@assay/core';
import { openStore } from '@assay/store';
import { runsFrame } from '@assay/frames';
import { live, show } from '@assay/notebook';`,
  `const store = await openStore('file:./notebook.db');
const ran = await runExperiment({
  store: store,
  dataset: [{ input: 'Peru', expected: 'Lima' }, { input: 'France', expected: 'Paris' }],
  task: ({ input }) => (input === 'Peru' ? 'Lima' : 'Lyon'),
  evaluators: { exact: ({ output, expected }) => output === expected },
  printSummary: false,
});
type Typed<T> = 0 extends 1 & T ? never : T;
const output: Typed<typeof ran.taskRuns[0]['output']> = ran.taskRuns[0].output;`,
  `console.log('mean', ran.summary.evaluators.exact.mean, 'rows', runsFrame(ran).numRows(), output);
const again = await live(
  streamResume({ store: store, experimentId: ran.id, task: ({ input }: { input: string }) => input.length }),
);
const length: Typed<typeof again.taskRuns[0]['output']> = again.taskRuns[0].output;
await store.close();`,
  `show(again)`,
];
