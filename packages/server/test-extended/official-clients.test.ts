import { expect, test } from 'vitest';
import { foundBy, python, startServer } from './started.ts';

test('works with the official Python client, sync and async', async () => {
  expect(await foundBy(python, './life-cycle.py', await startServer())).toEqual({
    created: { name: 'python', description: 'of the test', examples: 3 },
    'ids are node ids': true,
    'same rows make no version': true,
    appended: 4,
    'own id': 'own',
    versions: 2,
    listed: ['python'],
    split: 1,
    'first version': 3,
    frame: [
      ['r1', { q: 'x' }, { a: '1' }],
      ['r2', { q: 'y' }, { a: '2' }],
    ],
    runs: 8,
    'failed runs': 2,
    // It also judges runs that failed, where the evaluator takes that.
    evaluations: 14,
    counts: [6, 2, 0],
    'counts after resume': [8, 0, 0],
    'late evaluations': 8,
    experiments: 1,
    async: [2, 2],
  });
});

test('works with the official TypeScript client', async () => {
  expect(await foundBy(process.execPath, './life-cycle.mjs', await startServer())).toEqual({
    examples: 3,
    appended: 4,
    split: ['own'],
    counts: [6, 2, 0],
    countsAfterResume: [8, 0, 0],
    runs: 8,
    outputs: ['A', 'B', 'C', 'FAILS'],
    experiments: 1,
  });
});
