import { type Catalog, needObject } from '@assay/core';
import type { Transport } from '../transport.ts';
import { DatasetApi } from './api-datasets.ts';
import { UploadApi } from './api-uploads.ts';
import { ExperimentApi } from './api-experiments.ts';
import { createHandles } from './handles.ts';
import { createSnapshots } from './snapshots.ts';
import { createPhoenixDatasets } from './store-datasets.ts';
import { createPhoenixExperiments } from './store-experiments.ts';
import { createPhoenixRuns } from './store-runs.ts';

/** The parts of a Phoenix server that the client and its store share. */
export function createPhoenixParts(transport: Transport) {
  const datasetApi = new DatasetApi(transport);
  const experimentApi = new ExperimentApi(transport);
  const uploadApi = new UploadApi(transport);
  const datasets = createPhoenixDatasets(datasetApi, uploadApi);
  const handles = createHandles(experimentApi, datasets);
  const snapshots = createSnapshots(experimentApi, handles, transport);
  const experiments = createPhoenixExperiments(experimentApi, datasets, handles, snapshots);
  const runs = createPhoenixRuns(experimentApi, handles, snapshots);
  const deleteDataset = async (datasetId: string): Promise<void> => {
    await datasets.delete(datasetId);
    handles.forgetAll();
    snapshots.forgetAll();
  };
  return { datasetApi, uploadApi, experimentApi, datasets, experiments, handles, runs, deleteDataset };
}

export type PhoenixParts = ReturnType<typeof createPhoenixParts>;

export function phoenixStoreOf({ datasets, experiments, runs, deleteDataset }: PhoenixParts): Catalog {
  return {
    saveDataset: datasets.save,
    getDataset: datasets.get,
    listExamples: (of) => {
      needObject('whose examples to list', of);
      return 'experimentId' in of ? experiments.examples(of.experimentId) : datasets.examples(of);
    },
    createExperiment: experiments.create,
    getExperiment: experiments.get,
    saveTaskRun: runs.saveTaskRun,
    saveEvaluationRun: runs.saveEvaluationRun,
    listTaskRuns: (experimentId, of) => runs.listTaskRuns(experimentId, of),
    listEvaluationRuns: (experimentId, of) => runs.listEvaluationRuns(experimentId, of),
    listDatasets: datasets.list,
    listVersions: datasets.versions,
    appendExamples: datasets.append,
    updateDataset: datasets.update,
    deleteDataset,
    saveSplit: datasets.saveSplit,
    listExperiments: experiments.list,
    patchExperiment: experiments.patch,
    deleteExperiment: (experimentId) => experiments.remove(experimentId),
    annotateRuns: runs.annotateRuns,
    saveTag: experiments.saveTag,
    listTags: experiments.tags,
  };
}
