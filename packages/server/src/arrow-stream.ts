import type { Direction, Experiment } from '@assay/core';
import { createRunsFrameBuilder, toArrowIPC, withoutVerdict } from '@assay/frames';
import type { RunsFrameShape } from '@assay/frames';
import type { Store } from '@assay/store';
import { plannedNames } from './planned-names.ts';
import { listRecords } from './experiment-records.ts';

/**
 * The runs frame of an experiment, as an Arrow IPC stream for each batch of runs. All have the same schema.
 *
 * @param runsPerBatch - That many are in memory at once.
 */
export async function* frameBatches(
  store: Store,
  experimentId: string,
  runsPerBatch: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const experiment = await store.getExperiment(experimentId);
  const shape = await shapeOf(store, experiment);
  const start = () => {
    const builder = createRunsFrameBuilder();
    builder.setExperiment(experiment);
    return builder;
  };
  let builder = start();
  let batches = 0;
  for await (const { example, run, evaluations } of listRecords(store, experimentId)) {
    builder.addExample(example);
    builder.addTaskRun(run);
    for (const evaluation of evaluations) builder.addEvaluationRun(evaluation);
    if (builder.length < runsPerBatch) continue;
    yield toArrowIPC(builder.table(shape));
    builder = start();
    batches++;
  }
  if (builder.length > 0 || batches === 0) yield toArrowIPC(builder.table(shape));
}

/** One Arrow IPC stream of several: a stream may give a dictionary anew, so that only the schema must not come twice. */
export async function* joinStreams(streams: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true;
  for await (const stream of streams) {
    // An encapsulated message: 0xFFFFFFFF, the length of its metadata, the metadata. A schema has no body.
    const schemaLength = 8 + Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength).readInt32LE(4);
    yield stream.subarray(isFirst ? 0 : schemaLength, stream.length - endOfStream.length);
    isFirst = false;
  }
  yield endOfStream;
}

const endOfStream = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** Every batch has the columns of all evaluators, called or not. */
async function shapeOf(store: Store, experiment: Experiment): Promise<RunsFrameShape> {
  const directions = new Map<string, Direction>();
  for await (const { name, direction } of store.listEvaluationRuns(experiment.id))
    if (!directions.has(name)) directions.set(name, direction);
  const unmet = withoutVerdict(await plannedNames(store, experiment), directions.keys());
  return {
    evaluators: [...directions.keys(), ...unmet],
    directions: Object.fromEntries(directions),
    flattened: new Map(),
  };
}
