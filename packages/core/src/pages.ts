import type { Example } from './dataset.ts';
import type { EvaluationRun, Experiment, TaskRun } from './experiment.ts';
import { noProgress, type PlannedRun, planRuns, type Progress } from './plan.ts';
import type { ExperimentStore } from './store.ts';

/** Some examples with what is on record for them, and what is missing. */
export interface Page {
  readonly examples: readonly Example[];
  readonly progress: Progress;
  readonly planned: readonly PlannedRun[];
  /** What is on record for one example of the page. */
  standingOf(exampleId: string): Progress;
  /** Whether this evaluation is on record as failed. */
  hasFailed(taskRunId: string, name: string): boolean;
}

interface Source {
  readonly store: ExperimentStore;
  readonly experiment: Experiment;
  readonly fresh: boolean;
  readonly examples?: Iterable<Example> | AsyncIterable<Example> | undefined;
  readonly originals: ReadonlyMap<string, Partial<Example>>;
}

/** Plans an experiment page by page, so that a million runs plan in flat memory. A page has at most 200 examples. */
export async function* pagesOf(
  source: Source,
  evaluatorNames: readonly string[],
): AsyncGenerator<Page, void, undefined> {
  const { store, experiment, fresh, originals } = source;
  for await (const stored of chunks(
    source.examples ?? store.listExamples({ experimentId: experiment.id }),
    pageSize(experiment.repetitions),
  )) {
    const examples =
      originals.size === 0 ? stored : stored.map((example) => ({ ...example, ...originals.get(example.id) }));
    const progress = fresh ? noProgress : await progressOf(store, experiment.id, examples);
    const standing = fresh ? undefined : byExample(progress);
    yield {
      examples,
      progress,
      planned: planRuns(examples, experiment.repetitions, evaluatorNames, progress),
      standingOf: (exampleId) => standing?.get(exampleId) ?? noProgress,
      hasFailed: (taskRunId, name) =>
        progress.evaluationRuns.some(
          (run) => run.taskRunId === taskRunId && run.name === name && run.status === 'failed',
        ),
    };
  }
}

/** Fewer examples a page when each is run often: what counts is how many runs are held. */
function pageSize(repetitions: number): number {
  return Math.max(1, Math.min(200, Math.floor(2000 / repetitions)));
}

async function progressOf(
  store: ExperimentStore,
  experimentId: string,
  examples: readonly Example[],
): Promise<Progress> {
  const of = { exampleIds: examples.map(({ id }) => id) };
  const [taskRuns, evaluationRuns] = await Promise.all([
    all(store.listTaskRuns(experimentId, of)),
    all(store.listEvaluationRuns(experimentId, of)),
  ]);
  return { taskRuns, evaluationRuns };
}

function byExample({ taskRuns, evaluationRuns }: Progress): ReadonlyMap<string, Progress> {
  const found = new Map<string, { taskRuns: TaskRun[]; evaluationRuns: EvaluationRun[] }>();
  const of = (exampleId: string): { taskRuns: TaskRun[]; evaluationRuns: EvaluationRun[] } => {
    let progress = found.get(exampleId);
    if (progress === undefined) found.set(exampleId, (progress = { taskRuns: [], evaluationRuns: [] }));
    return progress;
  };
  for (const run of taskRuns) of(run.exampleId).taskRuns.push(run);
  for (const evaluation of evaluationRuns) of(evaluation.exampleId).evaluationRuns.push(evaluation);
  return found;
}

async function* chunks<T>(items: Iterable<T> | AsyncIterable<T>, size: number): AsyncGenerator<T[], void, undefined> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
