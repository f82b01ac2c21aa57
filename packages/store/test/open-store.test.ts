import { describeCatalog, describeExperimentStore } from '@assay/core/testing';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../src/index.ts';
import type { Store } from '../src/index.ts';
import { describePostgres, emptyPostgres } from './fixtures/databases.ts';
import { temporaryFolder } from './fixtures/experiment.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

function describeStore(name: string, url: string): void {
  let store: Store;
  beforeAll(async () => {
    store = await openStore(url);
  });
  afterAll(() => store.close());
  describeExperimentStore(name, () => store, { describe, test, expect });
  describeCatalog(name, () => store, { describe, test, expect });
}

describe('in memory', () => describeStore('memory', 'memory:'));
describe('in a file', () => describeStore('file', `file:${join(folder, 'contract.db')}`));
describePostgres('in PostgreSQL', () => describeStore('PostgreSQL', emptyPostgres()));

/** Uploads a dataset in a process of its own, which names no store. */
async function uploadInto(cwd: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const uploader = fileURLToPath(new URL('./fixtures/uploader.ts', import.meta.url));
  await promisify(execFile)(process.execPath, [uploader], { cwd, env: { ...process.env, ...environment } });
}

test('opens .assay/assay.db in the working directory when nothing is said', { timeout: 30_000 }, async () => {
  const cwd = temporaryFolder();
  await uploadInto(cwd, { ASSAY_STORE: '' });
  expect(existsSync(join(cwd, '.assay', 'assay.db'))).toBe(true);
});

test('opens what ASSAY_STORE says', { timeout: 30_000 }, async () => {
  const cwd = temporaryFolder();
  await uploadInto(cwd, { ASSAY_STORE: 'file:./elsewhere.db' });
  expect([existsSync(join(cwd, 'elsewhere.db')), existsSync(join(cwd, '.assay'))]).toEqual([true, false]);
});

test('gives an experiment in a file ids that Phoenix would give', async () => {
  await using store = await openStore(`file:${join(temporaryFolder(), 'ids.db')}`);
  const { id, versionId } = await store.saveDataset({ name: 'capitals', examples: [{ id: 'peru', input: 'Peru' }] });
  const experiment = await store.createExperiment({ datasetId: id, datasetVersionId: versionId, repetitions: 1 });
  const text = [id, versionId, experiment.id].map((globalId) => Buffer.from(globalId, 'base64').toString());
  expect(text).toEqual(['Dataset:1', 'DatasetVersion:1', 'Experiment:1']);
});
