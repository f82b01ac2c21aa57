import { z } from 'zod';
import { instant } from './instant.ts';

const jsonObject = z.record(z.string(), z.unknown());

/** An experiment: `GET /v1/experiments/{id}`. */
export const wireExperiment = z.object({
  id: z.string(),
  dataset_id: z.string(),
  dataset_version_id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  repetitions: z.int().positive(),
  metadata: jsonObject.nullish(),
  project_name: z.string().nullish(),
  created_at: instant,
  example_count: z.int().nonnegative(),
});
export type WireExperiment = z.infer<typeof wireExperiment>;

/** A task run: `GET /v1/experiments/{id}/runs`. Phoenix keeps no `metadata` of a run; a server that does sends it back. */
export const wireTaskRun = z.object({
  id: z.string(),
  experiment_id: z.string(),
  dataset_example_id: z.string(),
  repetition_number: z.int(),
  output: z.unknown(),
  error: z.string().nullish(),
  start_time: instant,
  end_time: instant,
  trace_id: z.string().nullish(),
  metadata: jsonObject.nullish(),
});
export type WireTaskRun = z.infer<typeof wireTaskRun>;

/** What `POST /v1/experiments/{id}/runs` answers with; `metadata` comes back from a server that keeps it. */
export const wireSavedTaskRun = z.object({ data: z.object({ id: z.string(), metadata: jsonObject.nullish() }) });

/** An example with runs to do: `GET /v1/experiments/{id}/incomplete-runs`. `id` is the node id here. */
export const wireIncompleteRun = z.object({
  dataset_example: z.object({ id: z.string() }),
  repetition_numbers: z.array(z.int()),
});

/** A run with evaluations to do: `GET /v1/experiments/{id}/incomplete-evaluations`. */
export const wireIncompleteEvaluation = z.object({
  experiment_run: z.object({ id: z.string() }),
  evaluation_names: z.array(z.string()),
});

/** An evaluation of a run, as `GET /v1/experiments/{id}/json` has it: without an id. */
export const wireEvaluation = z.object({
  name: z.string(),
  annotator_kind: z.enum(['LLM', 'CODE', 'HUMAN']),
  label: z.string().nullish(),
  score: z.number().nullish(),
  explanation: z.string().nullish(),
  error: z.string().nullish(),
  metadata: jsonObject.nullish(),
  trace_id: z.string().nullish(),
  start_time: instant,
  end_time: instant,
});
export type WireEvaluation = z.infer<typeof wireEvaluation>;

/** A run with its evaluations: an item of `GET /v1/experiments/{id}/json`. `example_id` is the node id. */
export const wireRecord = z.object({
  example_id: z.string(),
  repetition_number: z.int(),
  annotations: z.array(wireEvaluation),
});
export type WireRecord = z.infer<typeof wireRecord>;

/** A tag of an experiment: `GET /v1/experiments/{id}/tags`. */
export const wireTag = z.object({ id: z.string(), name: z.string(), description: z.string().nullish() });
export type WireTag = z.infer<typeof wireTag>;
