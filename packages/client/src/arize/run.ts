import {
  AssayError,
  type EvaluatorParams,
  type Evaluators,
  type Example,
  type Fixed,
  messageOf,
  needObject,
  type NamedExamples,
  type RanExperiment,
  runExperiment,
  type RunSettings,
  type ExperimentStore,
  type Task,
} from '@assay/core';
import { type Plain, plain } from '../plain.ts';
import type { ArizeDataset, ArizeExperiment } from './records.ts';
import type { ExampleFields, InputOfFields } from './examples.ts';
import type { ArizeName } from './resolve.ts';
import { outputText, type RunInput } from './rows.ts';

/** An example of Arize AX as tasks and evaluators see it. */
export type ArizeExample<Fields = ExampleFields> = Example<InputOfFields<Fields>, unknown>;

/** What `run` gives back. `runsFrame` of `@assay/frames` makes a table of it. */
export type RanOnArize<Output, Fields = ExampleFields> = RanExperiment<InputOfFields<Fields>, Output, unknown>;

/** What `run` takes, besides the settings of every run. */
export interface ArizeRunOptions<Output, Fields extends ExampleFields = ExampleFields> extends RunSettings {
  /** Unique within the dataset. */
  readonly name: string;
  readonly dataset: ArizeName;
  /** Default: the newest version. */
  readonly versionId?: string | undefined;
  readonly fields?: Fields | undefined;
  readonly task: Task<ArizeExample<Fields>, Output>;
  readonly evaluators?: Evaluators<EvaluatorParams<ArizeExample<Fields>, Fixed<Output>>> | undefined;
  /** Times to run each example. Default 1. */
  readonly repetitions?: number | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Tries the first `dryRunCount` rows and uploads nothing. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Default 10. */
  readonly dryRunCount?: number | undefined;
  /** Where results are kept until they are uploaded. Default: memory. With a durable store, a crash costs no call. */
  readonly store?: ExperimentStore | undefined;
}

/** Thrown when an experiment was carried out and could not be uploaded. Everything is in `ran`: `upload` it again. */
export class UploadError extends AssayError {
  override readonly name = 'UploadError';
  readonly ran: RanExperiment;

  constructor(cause: unknown, ran: RanExperiment) {
    const code = AssayError.is(cause) ? cause.code : 'unavailable';
    super(
      code,
      `The experiment ran, and could not be uploaded; its results are in this error's \`ran\`: ${messageOf(cause)}`,
      { cause },
    );
    this.ran = ran;
  }
}

/** What the run needs of the server. */
export interface ArizeRunPort {
  dataset(name: ArizeName): Promise<ArizeDataset>;
  examples(dataset: ArizeDataset, versionId: string | null, fields: ExampleFields): AsyncIterable<Example>;
  /** @throws AssayError `conflict`. */
  checkName(name: string, datasetId: string): Promise<void>;
  create(name: string, datasetId: string, runs: readonly RunInput[]): Promise<ArizeExperiment>;
}

/** Carries an experiment out here and uploads it in one go, as AX has no other way. */
export async function runOnArize<Output, Fields extends ExampleFields>(
  port: ArizeRunPort,
  options: ArizeRunOptions<Output, Fields>,
): Promise<Plain<RanOnArize<Output, Fields>>> {
  const {
    name,
    dataset: of,
    versionId,
    fields,
    dryRun = false,
    dryRunCount = 10,
    ...rest
  } = needObject('an experiment to run as { name, dataset, task, … }', options, 'invalid-config');
  const dataset = await port.dataset(of);
  const version = versionId ?? dataset.versions[0]?.id ?? null;
  // A name that is taken is refused by the upload, after every call has been paid for.
  if (!dryRun) await port.checkName(name, dataset.id);

  const examples: NamedExamples<ArizeExample<Fields>> = {
    name: dataset.name,
    examples: port.examples(dataset, version, fields ?? {}) as AsyncIterable<ArizeExample<Fields>>,
  };
  const ran = (await runExperiment<ArizeExample<Fields>, Output>({
    ...rest,
    name,
    dataset: examples,
    dryRun: dryRun && { first: dryRunCount },
  })) as RanExperiment as RanOnArize<Output, Fields>;
  const record = withIds(ran, { name, datasetId: dataset.id, datasetVersionId: version ?? '' });
  if (dryRun) return plain(record);
  try {
    const { id } = await port.create(name, dataset.id, runInputsOfRan(record));
    return plain(withIds(record, { id }));
  } catch (error) {
    throw new UploadError(error, record);
  }
}

/** The rows that an experiment is uploaded as: evaluations are columns of their run. */
export function runInputsOfRan({
  taskRuns,
  evaluationRuns,
  repetitions,
}: Pick<RanExperiment, 'taskRuns' | 'evaluationRuns' | 'repetitions'>): RunInput[] {
  const byRun = new Map<string, Record<string, unknown>>();
  for (const { taskRunId, name, status, score, label, explanation, metadata, error, traceId } of evaluationRuns) {
    const columns = byRun.get(taskRunId) ?? {};
    byRun.set(taskRunId, columns);
    const parts = { score, label, explanation: status === 'failed' ? error : explanation, 'trace.id': traceId };
    for (const [part, value] of Object.entries(parts)) if (value !== null) columns[`eval.${name}.${part}`] = value;
    for (const [key, value] of Object.entries(metadata))
      columns[`eval.${name}.metadata.${key}`] = typeof value === 'object' ? JSON.stringify(value) : value;
    // AX has no word for a verdict that failed or was declined: without these it would look like an explanation.
    if (status !== 'ok') columns[`eval.${name}.metadata.assay.status`] = status;
  }
  return taskRuns.map((run) => ({
    ...byRun.get(run.id),
    example_id: run.exampleId,
    output: outputText(run.output, `the run of ${run.exampleId}`),
    error: run.error,
    ...(run.traceId === null ? {} : { 'result.trace.id': run.traceId }),
    'result.trace.timestamp': run.startedAt.getTime(),
    ...(repetitions > 1 ? { 'assay.repetition': run.repetition } : {}),
    ...(run.latencyMs === null ? {} : { 'assay.latency_ms': run.latencyMs }),
    'assay.attempts': run.attempts,
  }));
}

/** The experiment under the ids that it has on AX. */
function withIds<T extends RanExperiment>(
  ran: T,
  ids: {
    readonly id?: string;
    readonly name?: string;
    readonly datasetId?: string;
    readonly datasetVersionId?: string;
  },
): T {
  const experimentId = ids.id ?? ran.id;
  return {
    ...ran,
    ...ids,
    taskRuns: ran.taskRuns.map((run) => ({ ...run, experimentId })),
    evaluationRuns: ran.evaluationRuns.map((run) => ({ ...run, experimentId })),
    summary: { ...ran.summary, experimentId },
  };
}
