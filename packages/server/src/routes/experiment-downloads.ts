import type { Store } from '@assay/store';
import type { Api } from '../api.ts';
import { csvLine } from '../csv.ts';
import { attachment, streamText } from '../download.ts';
import { listRecords } from '../experiment-records.ts';
import type { ExperimentRecord } from '../experiment-records.ts';
import { Failure } from '../failure.ts';
import { checkId } from '../node-id.ts';
import { contentToWire, evaluationToWire, taskRunToWire } from '../wire.ts';
import type { Services } from './services.ts';

/** Downloads of an experiment with its evaluations. */
export function addExperimentDownloadRoutes(api: Api, { store }: Services): void {
  const download = (format: 'json' | 'csv', type: string, write: (id: string) => AsyncGenerator<string>) =>
    api.add(
      {
        method: 'get',
        path: `/v1/experiments/{experiment_id}/${format}`,
        summary: `Download the runs with their evaluations as ${format.toUpperCase()}`,
        tag: 'Experiments',
        rawAnswer: type,
        failures: [404],
      },
      async ({ params }) => {
        const id = checkId('Experiment', (params as { experiment_id: string }).experiment_id);
        const { name } = await store.getExperiment(id);
        await checkRuns(store, id);
        return streamText(write(id), type, attachment(`${name}.${format}`));
      },
    );

  download('json', 'application/json', async function* (id) {
    let separator = '[\n';
    for await (const record of listRecords(store, id)) {
      yield `${separator}${JSON.stringify(jsonOf(record), null, 2).replace(/^/gm, '  ')}`;
      separator = ',\n';
    }
    yield separator === '[\n' ? '[]' : '\n]';
  });

  download('csv', 'text/csv', async function* (id) {
    const names = new Set<string>();
    for await (const { name } of store.listEvaluationRuns(id)) names.add(name);
    const evaluators = [...names].sort();
    yield csvLine([
      ...runColumns,
      ...evaluators.flatMap((name) => evaluationColumns.map((column) => `annotation_${name}_${column}`)),
    ]);
    for await (const record of listRecords(store, id)) yield csvLine(csvOf(record, evaluators));
  });
}

/** Clients tell an experiment without runs by this 404, and take it for no evaluations. */
async function checkRuns(store: Store, id: string): Promise<void> {
  const { items } = await store.nodes.listTaskRuns(id, { limit: 1 });
  if ([...items].length === 0) throw new Failure(404, `Experiment ${id} has no runs`);
}

function jsonOf(record: ExperimentRecord) {
  const { example, run, evaluations } = record;
  const wire = taskRunToWire({ ...run, exampleNodeId: example.nodeId });
  const { input, output } = contentToWire(example);
  return {
    example_id: example.nodeId,
    repetition_number: run.repetition,
    input,
    reference_output: output,
    output: run.output,
    error: run.error,
    latency_ms: latencyOf(run),
    start_time: wire.start_time,
    end_time: wire.end_time,
    trace_id: run.traceId,
    prompt_token_count: record.promptTokens,
    completion_token_count: record.completionTokens,
    annotations: evaluations.map(evaluationToWire),
  };
}

const runColumns = [
  'example_id',
  'repetition_number',
  'input',
  'reference_output',
  'output',
  'metadata',
  'error',
  'latency_ms',
  'start_time',
  'end_time',
  'trace_id',
  'prompt_token_count',
  'completion_token_count',
] as const;

const evaluationColumns = [
  'label',
  'score',
  'explanation',
  'metadata',
  'annotator_kind',
  'trace_id',
  'error',
  'start_time',
  'end_time',
] as const;

function csvOf(record: ExperimentRecord, evaluators: readonly string[]): readonly unknown[] {
  const run = { ...jsonOf(record), metadata: record.example.metadata };
  const evaluations = new Map(run.annotations.map((evaluation) => [evaluation.name, evaluation]));
  return [
    ...runColumns.map((column) => run[column]),
    ...evaluators.flatMap((name) => evaluationColumns.map((column) => evaluations.get(name)?.[column])),
  ];
}

function latencyOf({ latencyMs, startedAt, endedAt }: ExperimentRecord['run']): number {
  return latencyMs ?? Math.max(0, endedAt.getTime() - startedAt.getTime());
}
