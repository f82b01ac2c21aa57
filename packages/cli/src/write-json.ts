import { AssayError, type Experiment, messageOf, type RanExperiment } from '@assay/core';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExportSource, StoredSource } from './write-export.ts';

/**
 * Writes everything on record of an experiment as one JSON document: `experiment`, `examples`, `taskRuns`, `evaluationRuns`
 * and `history`, what records said before they were replaced. Record by record, so that a million runs need no memory.
 *
 * @throws AssayError `not-found` when there is no such folder, `full` or `unavailable` when it cannot be written.
 */
export async function writeJson(source: ExportSource, path: string): Promise<void> {
  const folder = dirname(resolve(path));
  const unfinished = join(folder, `.${basename(path)}.${process.pid}.unfinished`);
  try {
    await pipeline(
      Readable.from('store' in source ? storedText(source) : ranText(source)),
      createWriteStream(unfinished),
    );
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    if (AssayError.is(cause)) throw cause;
    throw new AssayError(errorCodeOf(cause), `Could not write ${path}: ${messageOf(cause)}`, { cause });
  }
}

async function* storedText({ store, experimentId }: StoredSource): AsyncGenerator<string> {
  yield* documentText(await store.getExperiment(experimentId), {
    examples: store.listExamples({ experimentId }),
    taskRuns: store.listTaskRuns(experimentId),
    evaluationRuns: store.listEvaluationRuns(experimentId),
    history: store.listSuperseded?.(experimentId) ?? [],
  });
}

async function* ranText(ran: RanExperiment): AsyncGenerator<string> {
  const { examples, taskRuns, evaluationRuns } = ran;
  yield* documentText(experimentOf(ran), { examples, taskRuns, evaluationRuns, history: [] });
}

function experimentOf(ran: RanExperiment): Experiment {
  const { id, name, description, metadata, datasetId, datasetVersionId, splits, repetitions, exampleCount } = ran;
  const { projectName, createdAt } = ran;
  const of = { datasetId, datasetVersionId, splits, repetitions, exampleCount };
  return { id, name, description, metadata, ...of, projectName, createdAt };
}

async function* documentText(
  experiment: Experiment,
  lists: Readonly<Record<string, Iterable<object> | AsyncIterable<object>>>,
): AsyncGenerator<string> {
  yield `{\n"experiment": ${JSON.stringify(experiment)}`;
  for (const [name, records] of Object.entries(lists)) {
    yield `,\n${JSON.stringify(name)}: [`;
    let separator = '\n';
    for await (const record of records) {
      yield separator + JSON.stringify(record);
      separator = ',\n';
    }
    yield '\n]';
  }
  yield '\n}\n';
}

function errorCodeOf(error: unknown): 'not-found' | 'full' | 'unavailable' {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'not-found';
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'unavailable';
}
