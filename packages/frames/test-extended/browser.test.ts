import { expect, test } from 'vitest';
import { beside, type Imports, importsOfCore, runInBrowser } from '../../core/test-extended/browser.ts';

const modules = 'packages/frames/node_modules';
const imports: Imports = {
  ...importsOfCore,
  '@assay/frames': 'packages/frames/dist/index.js',
  '@uwdata/flechette': `${modules}/@uwdata/flechette/src/index.js`,
  arquero: `${modules}/arquero/src/index.js`,
  // What the package's "browser" field says, which bundlers follow.
  [`/files/${modules}/arquero/src/format/stream/byte-stream.js`]: `${modules}/arquero/src/format/stream/byte-stream-web.js`,
  acorn: `${await beside(`${modules}/arquero`, 'acorn')}/dist/acorn.mjs`,
  fzstd: `${modules}/fzstd/esm/index.mjs`,
  '#csv-parse': `${modules}/csv-parse/dist/esm/sync.js`,
};

const csv = `example_id,repetition,input,expected,output,status,error,prompt_tokens,eval.exact.score,eval.exact.label
chad,1,"{""country"":""Chad""}",N’Djamena,"a ""town"", it says",ok,,,0,wrong
peru,1,"{""country"":""Peru""}",Lima,Lima,ok,,12,1,right
`;

test('a frame of an experiment goes through CSV and Arrow in a browser, under a policy that forbids eval and connections', async () => {
  const told = await runInBrowser(
    `
    import { runExperiment } from '@assay/core';
    import { AssayError } from '@assay/core/errors';
    import { compare, fromArrowIPC, fromCSV, fromJSONL, runsFrame, toArrowIPC, toCSV, toJSONL } from '@assay/frames';

    const ran = await runExperiment({
      dataset: [
        { id: 'chad', input: { country: 'Chad' }, expected: 'N’Djamena' },
        { id: 'peru', input: { country: 'Peru' }, expected: 'Lima' },
      ],
      task: ({ input, reportUsage }) => {
        if (input.country === 'Chad') return 'a "town", it says';
        reportUsage({ promptTokens: 12 });
        return 'Lima';
      },
      evaluators: { exact: ({ output, expected }) => (output === expected ? { score: 1, label: 'right' } : { score: 0, label: 'wrong' }) },
      printSummary: false,
    });
    const frame = runsFrame(ran);
    const shown = frame.select('example_id', 'repetition', 'input', 'expected', 'output', 'status', 'error', 'prompt_tokens', 'eval.exact.score', 'eval.exact.label');
    const csv = toCSV(shown);
    // The objects() of Arquero compiles a function, as its verbs do.
    const rows = (table) => JSON.stringify(table.columnNames().map((name) => [name, table.array(name)]));
    let error = null;
    try { fromCSV('latency_ms\\nfast\\n'); } catch (thrown) { error = [AssayError.is(thrown), thrown instanceof AssayError, thrown.message]; }
    export default {
      csv,
      sameAs: {
        arrow: rows(fromArrowIPC(toArrowIPC(frame))) === rows(frame),
        arrowFile: rows(fromArrowIPC(toArrowIPC(frame, { format: 'file' }))) === rows(frame),
        csv: rows(fromCSV(csv)) === rows(shown),
        jsonl: rows(fromJSONL(toJSONL(frame))) === rows(frame),
      },
      started: fromArrowIPC(toArrowIPC(frame)).get('start_time', 0) instanceof Date,
      compared: compare(ran, { ...ran, id: 'again', name: 'again' }, { metrics: ['exact'] }).metrics.map(({ n_paired, difference }) => [n_paired, difference]),
      error,
    };
    `,
    imports,
  );

  expect(told).toEqual({
    result: {
      csv,
      sameAs: { arrow: true, arrowFile: true, csv: true, jsonl: true },
      started: true,
      compared: [[2, 0]],
      error: [true, true, "Expected column 'latency_ms' to hold a number, got 'fast' in line 2"],
    },
    refused: [],
    evaluates: false,
  });
});
