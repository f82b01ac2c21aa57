import { storedName, storedText } from '@assay/core';
import { globalId, rowOf } from './global-id.ts';
import { pageOf } from './node-datasets.ts';
import type { DatasetLabel, NodeLabelStore } from './node-label-store.ts';
import type { LabelRow } from './operations/labels.ts';
import type { Connection } from './connection.ts';

/** The part of a node store that is about labels. */
export function createNodeLabels({ call }: Connection): NodeLabelStore {
  return {
    listLabels: (page) =>
      pageOf('DatasetLabel', page, (before, limit) => call('listLabels', { before, limit }), labelFromRow),

    getLabel: async (id) => labelFromRow(await call('getLabel', labelRow(id))),

    createLabel: async ({ name, description, color }) =>
      labelFromRow(await call('createLabel', { name: nameOf(name), description: storedText(description), color })),

    changeLabel: async (id, { name, description, color }) => {
      const changes = {
        name: name === undefined ? undefined : nameOf(name),
        description: description === undefined ? undefined : storedText(description),
        color,
      };
      return labelFromRow(await call('changeLabel', labelRow(id), changes));
    },

    deleteLabel: async (id) => {
      await call('deleteLabel', labelRow(id));
    },

    listDatasetLabels: async (datasetId) => (await call('listDatasetLabels', datasetRow(datasetId))).map(labelFromRow),

    setLabels: async (datasetId, labelIds) => {
      const rows = [...new Set(labelIds.map(labelRow))];
      return (await call('setLabels', datasetRow(datasetId), rows)).map(labelFromRow);
    },

    addLabel: async (datasetId, labelId) =>
      labelFromRow(await call('addLabel', datasetRow(datasetId), labelRow(labelId))),

    removeLabel: async (datasetId, labelId) => {
      await call('removeLabel', datasetRow(datasetId), labelRow(labelId));
    },
  };
}

function labelFromRow({ id, ...label }: LabelRow): DatasetLabel {
  return { id: globalId('DatasetLabel', id), ...label };
}

function nameOf(name: string): string {
  return storedName(name, 'the name of a label');
}

function labelRow(id: string): number {
  return rowOf('DatasetLabel', id, 'label');
}

function datasetRow(id: string): number {
  return rowOf('Dataset', id, 'dataset');
}
