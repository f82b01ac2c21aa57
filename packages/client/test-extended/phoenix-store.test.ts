import type { Catalog } from '@assay/core';
import { describeCatalog, describeExperimentStore } from '@assay/core/testing';
import { describe, expect, test } from 'vitest';
import { connect } from './phoenix-server.ts';

const { store } = connect();
const runner = { describe, test, expect };

// Phoenix upserts: of a success and a failure that are saved at once, the later one stands. It has no place for the
// attempts, the waiting and the usage of a task run.
describeExperimentStore('Phoenix', () => store, runner, { guardsConcurrentErrors: false, keepsMeasurements: false });
describeCatalog('Phoenix', () => keepingIds(store), runner);

/** On SQLite, Phoenix gives the id of its newest dataset again once that is deleted. A later one keeps the place. */
function keepingIds(catalog: Catalog): Catalog {
  return {
    ...catalog,
    async deleteDataset(datasetId) {
      await catalog.saveDataset({ name: null, examples: [{ input: { at: Date.now(), random: Math.random() } }] });
      await catalog.deleteDataset(datasetId);
    },
  };
}
