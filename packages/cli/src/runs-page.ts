import {
  AssayError,
  type EvaluationRun,
  type Example,
  type Experiment,
  type ExperimentStore,
  type TaskRun,
} from '@assay/core';
import { collect } from './collect.ts';

/** A task run with what its evaluators said. */
export interface JudgedRun extends TaskRun {
  readonly evaluations: readonly EvaluationRun[];
}

export interface RunsPage {
  readonly runs: readonly JudgedRun[];
  /** Where the next page begins; `null` when this is the last. */
  readonly nextCursor: string | null;
}

/**
 * A page of an experiment's runs, ordered by (dataset order, repetition).
 *
 * A cursor is the place of a run in that order, which never changes, as the examples of an experiment are fixed. So a page
 * stays right while the experiment goes on.
 *
 * @throws AssayError `invalid-input` for a cursor that no page gave.
 */
export async function runsPage(
  store: ExperimentStore,
  experiment: Experiment,
  of: { readonly limit: number; readonly cursor?: string | undefined; readonly failed: boolean },
): Promise<RunsPage> {
  const start = startOf(of.cursor);
  const runs: JudgedRun[] = [];
  let place = 0;
  for await (const examples of chunksOf(store.listExamples({ experimentId: experiment.id }), experiment.repetitions)) {
    const first = place;
    place += examples.length;
    if (place <= start.example) continue;
    const wanted = examples.slice(Math.max(0, start.example - first));
    const firstWanted = place - wanted.length;
    for (const { run, at } of await judged(store, experiment.id, wanted, of.failed)) {
      const example = firstWanted + at;
      if (example === start.example && run.repetition < start.repetition) continue;
      if (runs.length === of.limit) return { runs, nextCursor: `${example}.${run.repetition}` };
      runs.push(run);
    }
  }
  return { runs, nextCursor: null };
}

function startOf(cursor: string | undefined): { readonly example: number; readonly repetition: number } {
  if (cursor === undefined) return { example: 0, repetition: 1 };
  const found = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor);
  if (found === null)
    throw new AssayError(
      'invalid-input',
      `Expected a cursor that \`assay runs\` printed, got ${JSON.stringify(cursor)}`,
    );
  return { example: Number(found[1]), repetition: Number(found[2]) };
}

/** The runs of some examples in order, each with the place of its example among them. */
async function judged(
  store: ExperimentStore,
  experimentId: string,
  examples: readonly Example[],
  failed: boolean,
): Promise<readonly { readonly run: JudgedRun; readonly at: number }[]> {
  const places = new Map(examples.map(({ id }, index) => [id, index]));
  const of = { exampleIds: [...places.keys()] };
  const taskRuns = (await collect(store.listTaskRuns(experimentId, of))).filter(
    ({ error }) => !failed || error !== null,
  );
  const evaluations = new Map<string, EvaluationRun[]>(taskRuns.map(({ id }) => [id, []]));
  for await (const evaluation of store.listEvaluationRuns(experimentId, of))
    evaluations.get(evaluation.taskRunId)?.push(evaluation);
  return taskRuns
    .map((run) => ({ run: { ...run, evaluations: evaluations.get(run.id) ?? [] }, at: places.get(run.exampleId)! }))
    .sort((a, b) => a.at - b.at || a.run.repetition - b.run.repetition);
}

/** Examples in chunks of about 200 runs. */
async function* chunksOf(examples: AsyncIterable<Example>, repetitions: number): AsyncGenerator<readonly Example[]> {
  const size = Math.max(1, Math.floor(200 / repetitions));
  let chunk: Example[] = [];
  for await (const example of examples) {
    chunk.push(example);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
