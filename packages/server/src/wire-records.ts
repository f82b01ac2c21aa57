import { z } from '@hono/zod-openapi';
import { finite, instantText, jsonObject, jsonValue, text, time } from './schemas.ts';

/* The shapes of the wire: what is posted and what is answered. */

export const wireDataset = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    metadata: jsonObject,
    created_at: instantText,
    updated_at: instantText,
    example_count: z.int(),
  })
  .openapi('Dataset');

export const wireVersion = z
  .object({ version_id: z.string(), description: z.string().nullable(), metadata: jsonObject, created_at: instantText })
  .openapi('DatasetVersion');

export const wireExample = z
  .object({
    id: z.string().openapi({ description: "The user's own id where there is one, else the node id" }),
    node_id: z.string(),
    input: jsonObject,
    output: jsonObject,
    metadata: jsonObject,
    updated_at: instantText,
    source: z.null(),
  })
  .openapi('DatasetExample');

export const wireSplit = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    color: z.string(),
    metadata: jsonObject,
    example_count: z.int(),
    created_at: instantText,
    updated_at: instantText,
  })
  .openapi('DatasetSplit');

export const wireLabel = z
  .object({ id: z.string(), name: z.string(), description: z.string().nullable(), color: z.string() })
  .openapi('DatasetLabel');

export const wireExperiment = z
  .object({
    id: z.string(),
    dataset_id: z.string(),
    dataset_version_id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    repetitions: z.int(),
    metadata: jsonObject,
    project_name: z.string().nullable(),
    created_at: instantText,
    updated_at: instantText,
    example_count: z.int(),
    successful_run_count: z.int(),
    failed_run_count: z.int(),
    missing_run_count: z.int(),
  })
  .openapi('Experiment');

export const wireTaskRun = z
  .object({
    id: z.string(),
    experiment_id: z.string(),
    dataset_example_id: z.string(),
    repetition_number: z.int(),
    output: jsonValue,
    error: z.string().nullable(),
    start_time: instantText,
    end_time: instantText,
    trace_id: z.string().nullable(),
    metadata: jsonObject,
  })
  .openapi('ExperimentRun');

export const taskRunBody = z
  .object({
    dataset_example_id: z.string(),
    output: jsonValue,
    repetition_number: z.int().positive(),
    start_time: time,
    end_time: time,
    trace_id: text.nullish(),
    error: text.nullish(),
    metadata: jsonObject.nullish(),
  })
  .openapi('ExperimentRunDraft');

export const evaluationBody = z
  .object({
    experiment_run_id: z.string(),
    name: text.refine((name) => name.trim() !== '', 'must not be empty'),
    annotator_kind: z.enum(['LLM', 'CODE', 'HUMAN']),
    start_time: time,
    end_time: time,
    result: z
      .object({
        label: text.nullish(),
        score: finite.nullish(),
        explanation: text.nullish(),
        metadata: jsonObject.nullish(),
      })
      .nullish(),
    error: text.nullish(),
    metadata: jsonObject.nullish(),
    trace_id: text.nullish(),
  })
  .openapi('ExperimentEvaluationDraft');

export const wireTag = z
  .object({ id: z.string(), name: z.string(), description: z.string().nullable() })
  .openapi('ExperimentTag');

export const wireId = z.object({ id: z.string() });
