import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openStore } from '../src/index.ts';
import { describePostgres, emptyPostgres } from './fixtures/databases.ts';
import { collect, createExperiment, temporaryFolder } from './fixtures/experiment.ts';

const run = promisify(execFile);
const fileOf = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

describe('in SQLite', () => describeProcesses(() => `file:${join(temporaryFolder(), 'shared.db')}`));
describePostgres('in PostgreSQL', () => describeProcesses(emptyPostgres));

function describeProcesses(newUrl: () => string): void {
  test(
    'lets four processes write to one store at once, without an error or a lost run',
    { timeout: 60_000 },
    async () => {
      const url = newUrl();
      const log = join(temporaryFolder(), 'acknowledged');
      const store = await openStore(url);
      const { id } = await createExperiment(store, { examples: 400 });

      const quarters = [0, 100, 200, 300].map((from) => [url, log, id, `${from}`, `${from + 100}`, '1', '4']);
      await Promise.all(quarters.map((args) => run(process.execPath, [fileOf('writer.ts'), ...args])));

      const stored = (await collect(store.listTaskRuns(id))).map(({ exampleId }) => `${exampleId} 1`);
      await store.close();
      expect(stored.length).toBe(400);
      expect(readFileSync(log, 'utf8').trim().split('\n').sort()).toEqual(stored.sort());
    },
  );

  test(
    'lets four processes make one new store and upload one dataset at once, as one version',
    { timeout: 60_000 },
    async () => {
      const url = newUrl();
      const uploads = Array.from({ length: 4 }, () => run(process.execPath, [fileOf('uploader.ts'), url]));
      const versions = (await Promise.all(uploads)).map(({ stdout }) => stdout.trim());

      expect(new Set(versions).size).toBe(1);
      const store = await openStore(url);
      expect(await collect(store.listDatasets())).toMatchObject([
        { name: 'numbers', exampleCount: 1_500, versionId: versions[0] },
      ]);
      await store.close();
    },
  );
}
