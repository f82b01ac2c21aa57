import { z } from 'zod';
import { instant } from './instant.ts';

const jsonObject = z.record(z.string(), z.unknown());

/** A dataset: `GET /v1/datasets/{id}`. `example_count` is that of its newest version. */
export const wireDataset = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  metadata: jsonObject.nullish(),
  created_at: instant,
  updated_at: instant,
  example_count: z.int().nonnegative(),
});
export type WireDataset = z.infer<typeof wireDataset>;

/** A version of a dataset: `GET /v1/datasets/{id}/versions`. */
export const wireDatasetVersion = z.object({
  version_id: z.string(),
  description: z.string().nullish(),
  metadata: jsonObject.nullish(),
  created_at: instant,
});
export type WireDatasetVersion = z.infer<typeof wireDatasetVersion>;

/**
 * An example: a line of `GET /v1/datasets/{id}/jsonl`, or an item of `…/examples`, which has no `splits`.
 *
 * `id` is the user's own id where there is one, else the node id; `node_id` is what runs refer to.
 */
export const wireExample = z.object({
  id: z.string(),
  node_id: z.string().nullish(),
  input: jsonObject,
  output: jsonObject.nullish(),
  metadata: jsonObject.nullish(),
  splits: z.array(z.string()).nullish(),
});
export type WireExample = z.infer<typeof wireExample>;

/** `GET /v1/datasets/{id}/examples`: all of a version at once. */
export const wireExamples = z.object({
  data: z.object({
    dataset_id: z.string(),
    version_id: z.string(),
    filtered_splits: z.array(z.string()).nullish(),
    examples: z.array(wireExample),
  }),
});

/** What `POST /v1/datasets/upload?sync=true` answers with. */
export const wireUpload = z.object({ data: z.object({ dataset_id: z.string(), version_id: z.string() }) });

/** A split of a dataset: `GET /v1/datasets/{id}/splits`. */
export const wireSplit = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  example_count: z.int().nonnegative(),
});
export type WireSplit = z.infer<typeof wireSplit>;
