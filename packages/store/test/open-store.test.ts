import { describeCatalog, describeExperimentStore } from '@assay/core/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-store-'));
const [memory, file] = await Promise.all([openStore('memory:'), openStore(`file:${join(folder, 'contract.db')}`)]);

afterAll(async () => {
  await Promise.all([memory.close(), file.close()]);
  rmSync(folder, { recursive: true });
});

for (const [name, store] of Object.entries({ memory, file })) {
  describeExperimentStore(name, () => store, { describe, test, expect });
  describeCatalog(name, () => store, { describe, test, expect });
}
