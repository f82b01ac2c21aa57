/** The first notebook of a project, format 4.5. */
export const starterNotebook = {
  cells: [
    markdown(`# A first experiment

Run the cells with **Shift-Enter**. Then put your own examples, your task and your evaluators in their place.`),
    markdown(`## Run

A task answers each example, evaluators judge the answers, and a store keeps everything: here a file beside this notebook.
Interrupt the kernel (■) to stop; what was done is kept.`),
    code(`import { streamExperiment } from '@assay/core';
import { live } from '@assay/notebook';
import { openStore } from '@assay/store';

const store = await openStore('file:./.assay/assay.db');

const ran = await live(
  streamExperiment({
    name: 'capitals',
    store: store,
    dataset: {
      name: 'capitals',
      examples: [
        { id: 'peru', input: { country: 'Peru' }, expected: 'Lima' },
        { id: 'france', input: { country: 'France' }, expected: 'Paris' },
        { id: 'chad', input: { country: 'Chad' }, expected: 'N’Djamena' },
      ],
    },
    task: async ({ input, signal }) => (input.country === 'Peru' ? 'Lima' : 'Paris'), // your model call
    evaluators: {
      exact: ({ output, expected }) => output === expected,
      length: ({ output }) => ({ score: output.length, explanation: \`\${output.length} characters\` }),
    },
  }),
);`),
    markdown(`## Look

Every run is a row of a table.`),
    code(`import { runsFrame } from '@assay/frames';
import { show } from '@assay/notebook';

const runs = runsFrame(ran);
show(runs.select('example_id', 'input', 'expected', 'output', 'eval.exact.label'))`),
    markdown(`## Hand over

pandas, polars and DuckDB read the file with the right types.`),
    code(`import { writeTable } from '@assay/frames/files';

await writeTable(runs, '.assay/runs.parquet');`),
  ].map((cell, index) => ({ ...cell, id: `cell-${index + 1}` })),
  metadata: { kernelspec: { display_name: 'TypeScript (tslab)', language: 'typescript', name: 'tslab' } },
  nbformat: 4,
  nbformat_minor: 5,
};

function markdown(source: string) {
  return { cell_type: 'markdown', metadata: {}, source };
}

function code(source: string) {
  return { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source };
}
