import { wireInstant } from '@assay/client/wire';
import * as wire from '@assay/client/wire';
import { z } from '@hono/zod-openapi';
import type { JobError, StoredJob } from '@assay/store';
import { instantText } from '../schemas.ts';

/** The shapes of the client, with times as they are answered. */
export const wireJobError = z.object({ ...wire.wireJobError.shape, occurred_at: instantText }).openapi('JobError');

export const wireJob = z
  .object({
    ...wire.wireJob.shape,
    started_at: instantText.nullable(),
    updated_at: instantText,
    last_error: wireJobError.nullable(),
  })
  .openapi('Job');

export function jobToWire(job: StoredJob): z.input<typeof wireJob> {
  const { taskRuns, evaluations } = job;
  const ended = taskRuns.ok + taskRuns.failed;
  return {
    experiment_id: job.experimentId,
    status: job.status,
    expected_run_count: taskRuns.expected,
    completed_run_count: taskRuns.ok,
    failed_run_count: taskRuns.failed,
    expected_evaluation_count: evaluations.expected,
    completed_evaluation_count: evaluations.ok,
    failed_evaluation_count: evaluations.failed,
    error_rate: ended === 0 ? null : taskRuns.failed / ended,
    in_flight_count: job.inFlight,
    max_concurrency: job.maxConcurrency,
    ephemeral: job.ephemeral,
    started_at: wireInstant(job.startedAt),
    updated_at: wireInstant(job.updatedAt),
    last_error: job.lastError === null ? null : jobErrorToWire(job.lastError),
  };
}

export function jobErrorToWire(error: JobError): z.input<typeof wireJobError> {
  return {
    occurred_at: wireInstant(error.occurredAt),
    kind: error.kind,
    ...(error.exampleId === null ? {} : { example_id: error.exampleId }),
    ...(error.repetition === null ? {} : { repetition: error.repetition }),
    ...(error.evaluator === null ? {} : { evaluator: error.evaluator }),
    message: error.message,
  };
}
