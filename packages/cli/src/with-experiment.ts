import { type Catalog, type Experiment, type ExperimentStore } from '@assay/core';
import { chooseExperiment } from './choose-experiment.ts';
import type { DefinedExperiment } from './experiment-file.ts';
import { type OpenCatalog, openRequiredCatalog } from './store.ts';

/** Opens the store, chooses the experiment, does the work, and closes the store whatever came of it. */
export async function withExperiment<T>(
  of: { readonly experiment: string; readonly dataset?: string | undefined; readonly store?: string | undefined },
  work: (catalog: OpenCatalog, experiment: Experiment) => Promise<T>,
): Promise<T> {
  const catalog = await openRequiredCatalog(of.store);
  try {
    return await work(catalog, await chooseExperiment(catalog, of.experiment, of.dataset));
  } finally {
    await catalog.close?.();
  }
}

/** As `withExperiment`, in the file's own store unless the command line names one. */
export async function withExperimentOfFile<T>(
  defined: DefinedExperiment,
  of: { readonly experiment: string; readonly dataset?: string | undefined; readonly store?: string | undefined },
  work: (store: ExperimentStore & Partial<OpenCatalog>, experiment: Experiment) => Promise<T>,
): Promise<T> {
  const { store } = defined;
  if (of.store !== undefined || store === undefined) return withExperiment(of, work);
  return work(
    store,
    isCatalog(store)
      ? await chooseExperiment(store, of.experiment, of.dataset)
      : await store.getExperiment(of.experiment),
  );
}

function isCatalog(store: ExperimentStore & Partial<Catalog>): store is Catalog {
  return typeof store.listExperiments === 'function';
}
