import { z } from 'zod';
import { instant } from './instant.ts';

/* What clients send to Phoenix's routes. Unknown fields are passed over, as Phoenix passes them over. */

const jsonObject = z.record(z.string(), z.unknown());
const traceId = z.string().nullish();

/** `POST /v1/datasets/{id}/experiments`. */
export const wireExperimentBody = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  metadata: jsonObject.nullish(),
  version_id: z.string().nullish(),
  /** Names or ids. */
  splits: z.array(z.string()).nullish(),
  repetitions: z.int().positive().default(1),
});
export type WireExperimentBody = z.infer<typeof wireExperimentBody>;

/** `PATCH /v1/experiments/{id}`. What is left out stays. */
export const wireExperimentPatch = z.object({
  name: z.string().optional(),
  description: z.string().nullable().optional(),
  metadata: jsonObject.optional(),
});
export type WireExperimentPatch = z.infer<typeof wireExperimentPatch>;

/** `POST /v1/experiments/{id}/runs`. The output must be there, if only as `null`. Phoenix passes `metadata` over. */
export const wireTaskRunBody = z.object({
  dataset_example_id: z.string(),
  output: z.unknown().refine((output) => output !== undefined, 'expected any JSON value'),
  repetition_number: z.int().positive(),
  start_time: instant,
  end_time: instant,
  trace_id: traceId,
  error: z.string().nullish(),
  metadata: jsonObject.nullish(),
});
export type WireTaskRunBody = z.infer<typeof wireTaskRunBody>;

/** `POST /v1/experiment_evaluations`. Older clients put the metadata within the result. */
export const wireEvaluationBody = z
  .object({
    experiment_run_id: z.string(),
    name: z.string(),
    annotator_kind: z.enum(['LLM', 'CODE', 'HUMAN']),
    start_time: instant,
    end_time: instant,
    result: z
      .object({
        label: z.string().nullish(),
        /** Phoenix takes `true` for 1 and `false` for 0. */
        score: z.union([z.number(), z.boolean().transform(Number)]).nullish(),
        explanation: z.string().nullish(),
        metadata: jsonObject.nullish(),
      })
      .nullish(),
    error: z.string().nullish(),
    metadata: jsonObject.nullish(),
    trace_id: traceId,
  })
  .refine(({ result, error }) => (result ?? error ?? null) !== null, 'expected a result or an error');
export type WireEvaluationBody = z.infer<typeof wireEvaluationBody>;

/** `POST /v1/datasets/upload` as JSON. The lists have the length of `inputs`. */
export const wireUploadBody = z
  .object({
    action: z.enum(['create', 'append', 'update']).default('create'),
    name: z.string(),
    description: z.string().nullish(),
    inputs: z.array(jsonObject),
    outputs: z.array(jsonObject).nullish(),
    metadata: z.array(jsonObject).nullish(),
    splits: z.array(z.union([z.string(), z.array(z.string().nullable()), z.null()])).nullish(),
    span_ids: z.array(z.string().nullable()).nullish(),
    example_ids: z.array(z.string().nullable()).nullish(),
  })
  .refine(
    ({ inputs, outputs, metadata, splits, span_ids, example_ids }) =>
      [outputs, metadata, splits, span_ids, example_ids].every((list) => !list || list.length === inputs.length),
    'expected lists of the length of inputs',
  );
export type WireUploadBody = z.infer<typeof wireUploadBody>;

/** `POST /v1/experiments/{id}/tags`. */
export const wireTagBody = z.object({
  name: z.string().regex(/^[a-z0-9]([_a-z0-9-]*[a-z0-9])?$/),
  description: z.string().nullish(),
});
export type WireTagBody = z.infer<typeof wireTagBody>;
