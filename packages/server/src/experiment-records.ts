import type { EvaluationRun, TaskRun } from '@assay/core';
import type { NodeExample, Store, Trace } from '@assay/store';

/** A run with its example, its evaluations, and what its trace adds. */
export interface ExperimentRecord {
  readonly example: NodeExample;
  readonly run: TaskRun;
  /** Sorted by name. */
  readonly evaluations: readonly EvaluationRun[];
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

interface Joined {
  readonly example: NodeExample;
  readonly run: TaskRun;
}

/** Runs whose evaluations and traces are asked for at once. */
const batchSize = 500;

/** Every run of an experiment in the order of (example, repetition), a batch at a time, so that a million need no memory. */
export async function* listRecords(
  store: Store,
  experimentId: string,
): AsyncGenerator<ExperimentRecord, void, undefined> {
  let batch: Joined[] = [];
  for await (const record of joined(store, experimentId)) {
    if (batch.push(record) < batchSize) continue;
    yield* await completed(store, experimentId, batch);
    batch = [];
  }
  if (batch.length > 0) yield* await completed(store, experimentId, batch);
}

/** Examples and runs come in the same order, and the examples of an experiment are fixed. */
async function* joined(store: Store, experimentId: string): AsyncGenerator<Joined, void, undefined> {
  const examples = store.nodes.listExamples({ experimentId })[Symbol.asyncIterator]();
  let example = await examples.next();
  for await (const run of store.listTaskRuns(experimentId)) {
    while (!example.done && example.value.id !== run.exampleId) example = await examples.next();
    if (example.done) return;
    yield { example: example.value, run };
  }
}

async function completed(
  store: Store,
  experimentId: string,
  batch: readonly Joined[],
): Promise<readonly ExperimentRecord[]> {
  const evaluations = new Map<string, EvaluationRun[]>();
  const exampleIds = [...new Set(batch.map(({ run }) => run.exampleId))];
  for await (const evaluation of store.listEvaluationRuns(experimentId, { exampleIds })) {
    const ofRun = evaluations.get(evaluation.taskRunId);
    if (ofRun) ofRun.push(evaluation);
    else evaluations.set(evaluation.taskRunId, [evaluation]);
  }
  const traces = await tracesOf(store, batch);
  return batch.map(({ example, run }) => {
    const trace = traces.get(run.traceId ?? '');
    return {
      example,
      run,
      evaluations: evaluations.get(run.id) ?? [],
      promptTokens: run.usage?.promptTokens ?? trace?.promptTokens ?? null,
      completionTokens: run.usage?.completionTokens ?? trace?.completionTokens ?? null,
    };
  });
}

async function tracesOf(store: Store, batch: readonly Joined[]): Promise<ReadonlyMap<string, Trace>> {
  const wanted = batch.flatMap(({ run }) => (run.traceId !== null && run.usage === null ? [run.traceId] : []));
  const traces = wanted.length > 0 ? await store.nodes.listTraces(wanted) : [];
  return new Map(traces.map((trace) => [trace.traceId, trace]));
}
