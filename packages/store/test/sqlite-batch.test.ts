import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Request } from '../src/requests.ts';
import { createBatchRunner } from '../src/sqlite-batch.ts';
import { openSqliteFile } from '../src/sqlite-file.ts';
import { commitsIn, temporaryFolder } from './fixtures/experiment.ts';

function openRunner() {
  const path = join(temporaryFolder(), 'batch.db');
  const file = openSqliteFile(path, { lockTimeoutMs: 1_000 });
  onTestFinished(() => file.database.close());
  let lastId = 0;
  const upload = (name: string, examples: number, text = ''): Request[] => {
    const staged = Array.from({ length: examples }, (_, index) => ({
      external_id: `${index}`,
      node_row: null,
      content_hash: `${index}`.padStart(32, '0'),
      input: JSON.stringify({ index, text }),
      expected: 'null',
      metadata: '{}',
      splits: null,
    }));
    const uploadId = ++lastId;
    return [
      { name: 'stageExamples', args: [uploadId, 1, staged] },
      { name: 'publishExamples', args: [{ uploadId, stagedCount: examples, name, now: 1 }] },
    ];
  };
  return { path, upload, database: file.database, runBatch: createBatchRunner(file, path) };
}

test('writes all requests of a batch in one transaction', () => {
  const { path, upload, runBatch } = openRunner();
  const before = commitsIn(path);
  const answers = runBatch(['a', 'b', 'c', 'd'].flatMap((name) => upload(name, 5)));

  expect(answers.every((answer) => 'result' in answer)).toBe(true);
  expect(commitsIn(path) - before).toBe(1);
});

test('lets a request that fails harm no other in its batch', () => {
  const { upload, runBatch } = openRunner();
  const missing: Request = { name: 'deleteExperiment', args: [7] };
  // Fails half-way, at a constraint of the table.
  const experiment = {
    datasetId: 1,
    versionId: 1,
    splits: null,
    name: 'x',
    description: null,
    metadata: '{}',
    repetitions: 0,
  };
  const broken: Request = { name: 'createExperiment', args: [experiment, '', 1] };
  const answers = runBatch([...upload('a', 2), missing, broken, ...upload('b', 2)]);

  expect(answers.map((answer) => ('error' in answer ? answer.error.code : 'ok'))).toEqual([
    'ok',
    'ok',
    'not-found',
    'unavailable',
    'ok',
    'ok',
  ]);
  const [listed] = runBatch([{ name: 'listDatasets', args: [{ before: 1_000, name: null, limit: 10 }] }]);
  expect(listed).toMatchObject({ result: [{ name: 'b' }, { name: 'a' }] });
});

test('shows a read what was asked before it in the same batch', () => {
  const { upload, runBatch } = openRunner();
  const read: Request = { name: 'getDataset', args: [{ name: 'a' }, {}] };
  expect(runBatch([read, ...upload('a', 3), read])).toMatchObject([
    { error: { code: 'not-found' } },
    {},
    {},
    { result: { example_count: 3 } },
  ]);
});

test('keeps everything when the disk is full, goes on reading, and writes again when there is space', () => {
  const { upload, database, runBatch } = openRunner();
  const read: Request = { name: 'getDataset', args: [{ name: 'a' }, {}] };
  runBatch(upload('a', 100, 'x'.repeat(500)));
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };

  // SQLite answers the same when its file may not grow as when the disk has no space.
  database.exec(`PRAGMA max_page_count = ${pages + 5}`);
  const answers = runBatch([...upload('b', 1_000, 'x'.repeat(500)), read]);
  expect(answers.map((answer) => ('error' in answer ? answer.error.code : 'ok'))).toContain('full');
  expect(answers.at(-1)).toMatchObject({ result: { example_count: 100 } });
  expect(runBatch([read])).toMatchObject([{ result: { example_count: 100 } }]);

  database.exec('PRAGMA max_page_count = 4294967294');
  expect(runBatch(upload('b', 1_000, 'x'.repeat(500)))).toMatchObject([{}, { result: { example_count: 1_000 } }]);
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
});
