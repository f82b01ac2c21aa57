import { hasStatus } from '../http-error.ts';
import type { WireExperiment } from '../wire/experiment.ts';
import type { ExperimentApi } from './api-experiments.ts';
import type { createPhoenixDatasets } from './store-datasets.ts';
import { checkNodeId } from './node-id.ts';
import { nodeIdOf } from './upload.ts';

/** An experiment, with both ids of each of its examples: the one above the store, and Phoenix's node id. */
export interface ExperimentHandle {
  readonly experiment: WireExperiment;
  nodeIdOf(exampleId: string): string | undefined;
  exampleIdOf(nodeId: string): string | undefined;
}

/** How many experiments are kept in mind. Each costs some 200 bytes an example. */
const maxKept = 16;

/** Remembers the examples of the experiments in use, which are fixed when an experiment is created. */
export function createHandles(experiments: ExperimentApi, datasets: ReturnType<typeof createPhoenixDatasets>) {
  const kept = new Map<string, Promise<ExperimentHandle>>();

  function open(experimentId: string): Promise<ExperimentHandle> {
    const known = kept.get(experimentId);
    if (known) return known;
    const loading = load(experimentId);
    kept.set(experimentId, loading);
    loading.catch(() => kept.delete(experimentId));
    for (const oldest of kept.keys()) {
      if (kept.size <= maxKept) break;
      kept.delete(oldest);
    }
    return loading;
  }

  async function load(experimentId: string): Promise<ExperimentHandle> {
    const experiment = await experiments.get(checkNodeId('Experiment', experimentId));
    const pin = { datasetId: experiment.dataset_id, versionId: experiment.dataset_version_id };
    const nodeIds = new Map<string, string>();
    for await (const example of datasets.examplesOf(pin)) nodeIds.set(example.id, nodeIdOf(example));
    if (nodeIds.size !== experiment.example_count) {
      const members = await memberNodeIds(experimentId);
      for (const [id, nodeId] of nodeIds) if (!members.has(nodeId)) nodeIds.delete(id);
    }
    const exampleIds = new Map([...nodeIds].map(([id, nodeId]) => [nodeId, id]));
    return { experiment, nodeIdOf: (id) => nodeIds.get(id), exampleIdOf: (nodeId) => exampleIds.get(nodeId) };
  }

  /**
   * The examples of an experiment that is limited to splits. Phoenix tells them nowhere: they are those with a run
   * that is missing or failed, and those of the runs.
   */
  async function memberNodeIds(experimentId: string): Promise<ReadonlySet<string>> {
    const members = new Set<string>();
    for await (const nodeId of experiments.incompleteExampleIds(experimentId)) members.add(nodeId);
    for await (const page of experiments.runPages(experimentId))
      for (const run of page) members.add(run.dataset_example_id);
    return members;
  }

  return {
    open,
    /** Phoenix on SQLite gives an id again once its newest holder is deleted, so that ids must be forgotten with it. */
    forget: (experimentId: string) => void kept.delete(experimentId),
    forgetAll: () => kept.clear(),
    /** Whether the experiment is gone. A write to what is gone is answered 500 by Phoenix. */
    async isGone(experimentId: string): Promise<boolean> {
      try {
        await experiments.get(experimentId);
        return false;
      } catch (error) {
        if (!hasStatus(error, 404, 422)) return false;
        kept.delete(experimentId);
        return true;
      }
    },
  };
}

export type Handles = ReturnType<typeof createHandles>;
