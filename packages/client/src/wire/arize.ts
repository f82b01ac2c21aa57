import { z } from 'zod';
import { instant } from './instant.ts';

/** Where a list of Arize AX goes on; `next_cursor` is absent at its end. */
const pagination = z.object({ has_more: z.boolean(), next_cursor: z.string().nullish() });

const version = z.object({ id: z.string(), name: z.string().nullish(), created_at: instant.nullish() });

/** A dataset of Arize AX: `GET /v2/datasets/{id}`. Versions come newest first, and only when one dataset is read. */
export const wireArizeDataset = z.looseObject({
  id: z.string(),
  name: z.string(),
  space_id: z.string(),
  created_at: instant,
  updated_at: instant,
  versions: z.array(version).nullish(),
});
export type WireArizeDataset = z.infer<typeof wireArizeDataset>;

/** A row of a dataset: flat, with the user's own columns. */
export const wireArizeExample = z.looseObject({ id: z.string() });
export type WireArizeExample = z.infer<typeof wireArizeExample>;

/** An experiment of Arize AX: `GET /v2/experiments/{id}`. */
export const wireArizeExperiment = z.looseObject({
  id: z.string(),
  name: z.string(),
  dataset_id: z.string().nullish(),
  dataset_version_id: z.string().nullish(),
  created_at: instant,
  updated_at: instant,
});
export type WireArizeExperiment = z.infer<typeof wireArizeExperiment>;

/** A run of Arize AX, with its evaluations as columns `eval.NAME.score` … beside it. */
export const wireArizeRun = z.looseObject({
  id: z.string(),
  example_id: z.string().nullish(),
  output: z.string().nullish(),
});
export type WireArizeRun = z.infer<typeof wireArizeRun>;

export const wireArizeDatasets = z.object({ datasets: z.array(wireArizeDataset), pagination });
export const wireArizeExamples = z.object({ examples: z.array(wireArizeExample), pagination });
export const wireArizeExperiments = z.object({ experiments: z.array(wireArizeExperiment), pagination });
export const wireArizeRuns = z.object({ experiment_runs: z.array(wireArizeRun), pagination });

/** What appending answers with, in the order of the request. */
export const wireArizeRunIds = wireArizeExperiment.extend({ run_ids: z.array(z.string()) });
export const wireArizeExampleIds = z.looseObject({
  id: z.string(),
  dataset_version_id: z.string().nullish(),
  example_ids: z.array(z.string()).nullish(),
});

/** What deleting examples answers with, also when it was done in part (503). */
export const wireArizeDeletion = z.looseObject({
  completed: z.boolean().nullish(),
  deleted_example_ids: z.array(z.string()),
  not_deleted_example_ids: z.array(z.string()),
});
