import { datasets } from './0001_datasets.ts';
import { experiments } from './0002_experiments.ts';
import { limits } from './0006_limits.ts';
import { shards } from './0008_shards.ts';
import { noShards } from './0009_no_shards.ts';
import { nodes } from './0003_nodes.ts';
import { labels } from './0004_labels.ts';
import { jobs } from './0005_jobs.ts';
import { modelCalls } from './0007_model_calls.ts';
import type { Migration } from './migration.ts';

export type { Migration, SchemaWords } from './migration.ts';

/** Every step, in order. The number of those taken is the schema's version, which a file carries. */
export const migrations: readonly Migration[] = [
  datasets,
  experiments,
  nodes,
  labels,
  jobs,
  limits,
  modelCalls,
  shards,
  noShards,
];
