import { z } from 'zod';
import { instant } from './instant.ts';
import { wireExperiment } from './experiment.ts';

/** A background job of an Assay server: `GET /v1/experiments/{id}/job`. */
export const wireJob = z.object({
  experiment_id: z.string(),
  status: z.enum(['RUNNING', 'COMPLETED', 'STOPPED', 'ERROR']),
  expected_run_count: z.int(),
  completed_run_count: z.int(),
  failed_run_count: z.int(),
  expected_evaluation_count: z.int(),
  completed_evaluation_count: z.int(),
  failed_evaluation_count: z.int(),
  error_rate: z.number().nullable(),
  in_flight_count: z.int(),
  max_concurrency: z.int(),
  ephemeral: z.boolean(),
  started_at: instant.nullable(),
  updated_at: instant,
  last_error: z.unknown(),
});
export type WireJob = z.infer<typeof wireJob>;

/** What `POST /v1/datasets/{dataset_id}/experiment_jobs` answers with. */
export const wireStartedJob = z.object({ data: z.object({ experiment: wireExperiment, job: wireJob }) });

/** An error of a job: `GET /v1/experiments/{id}/job/errors`. */
export const wireJobError = z.object({
  occurred_at: instant,
  kind: z.enum(['task', 'evaluation', 'experiment']),
  example_id: z.string().nullish(),
  repetition: z.int().nullish(),
  evaluator: z.string().nullish(),
  message: z.string(),
});
export type WireJobError = z.infer<typeof wireJobError>;
