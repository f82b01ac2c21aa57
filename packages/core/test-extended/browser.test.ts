import { expect, test } from 'vitest';
import { importsOfCore, runInBrowser } from './browser.ts';

test('an experiment runs in a browser as it was built, under a policy that forbids eval and connections', async () => {
  const told = await runInBrowser(
    `
    import { createMemoryStore, resumeExperiment, runExperiment } from '@assay/core';

    const store = createMemoryStore();
    let calls = 0;
    const task = ({ input }) => {
      calls += 1;
      if (input === 'Fiji' && calls < 4) throw new Error('Busy');
      return { Peru: 'Lima', Chad: 'Moundou', Fiji: 'Suva' }[input];
    };
    const ran = await runExperiment({
      store,
      name: 'capitals',
      dataset: [
        { id: 'peru', input: 'Peru', expected: 'Lima' },
        { id: 'chad', input: 'Chad', expected: 'N’Djamena' },
        { id: 'fiji', input: 'Fiji', expected: 'Suva' },
      ],
      task,
      evaluators: { exact: ({ output, expected }) => output === expected },
      retries: 0,
      printSummary: false,
    });
    const resumed = await resumeExperiment({ experimentId: ran.id, store, task, printSummary: false, evaluators: { exact: ({ output, expected }) => output === expected } });
    const rows = ({ taskRuns, evaluationRuns }) => ({
      outputs: taskRuns.map(({ exampleId, output, error }) => [exampleId, output, error]),
      scores: evaluationRuns.map(({ exampleId, score }) => [exampleId, score]),
    });
    export default { ran: rows(ran), resumed: rows(resumed), calls };
    `,
    importsOfCore,
  );

  expect(told).toEqual({
    result: {
      ran: {
        outputs: [
          ['peru', 'Lima', null],
          ['chad', 'Moundou', null],
          ['fiji', null, 'Busy'],
        ],
        scores: [
          ['peru', 1],
          ['chad', 0],
        ],
      },
      resumed: {
        outputs: [
          ['peru', 'Lima', null],
          ['chad', 'Moundou', null],
          ['fiji', 'Suva', null],
        ],
        scores: [
          ['peru', 1],
          ['chad', 0],
          ['fiji', 1],
        ],
      },
      calls: 4,
    },
    refused: [],
    evaluates: false,
  });
});
