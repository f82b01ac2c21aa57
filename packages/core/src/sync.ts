import { AssayError, ConflictError } from './errors.ts';
import type { EvaluationRun, Experiment, TaskRun } from './experiment.ts';
import { needObject } from './given.ts';
import { needStore } from './kind-checks.ts';
import { saving } from './save.ts';
import type { Catalog, ExperimentStore } from './store.ts';

/** What a sync did. Counts are of records that the target lacked. */
export interface SyncReport {
  /** The experiment in the target. */
  readonly experimentId: string;
  readonly taskRuns: number;
  readonly evaluationRuns: number;
  /** Runs that stand in the target with another output. They and their evaluations are left as they are. */
  readonly differing: readonly { readonly exampleId: string; readonly repetition: number }[];
}

/**
 * Copies what another store lacks of an experiment: its dataset, runs and evaluations, each once however often it is
 * called. The experiment is found again by `metadata["assay.origin"]`.
 *
 * @param options - `from` has the experiment; `to` gets it.
 *
 * @example
 * ```ts
 * import { createMemoryStore, runExperiment, syncExperiment } from '@assay/core';
 *
 * const from = createMemoryStore();
 * const to = createMemoryStore();
 * const { id } = await runExperiment({ dataset: [{ input: 1 }], task: ({ input }) => input, store: from, printSummary: false });
 * const { taskRuns } = await syncExperiment({ experimentId: id, from, to }); // 1
 * ```
 */
export async function syncExperiment(options: {
  readonly experimentId: string;
  readonly from: ExperimentStore;
  readonly to: Catalog;
}): Promise<SyncReport> {
  const { experimentId, from, to } = needObject('{ experimentId, from, to }', options, 'invalid-config');
  needStore('the store to copy out of', from);
  needStore('the store to copy to', to);
  const copy = new ExperimentCopy(experimentId, from, to);
  await copy.push(await copy.exampleIds());
  return copy.report();
}

/** Where an experiment that was copied says what it is a copy of. */
const originKey = 'assay.origin';

const pageSize = 200;

interface Target {
  readonly experimentId: string;
  /** The target's ids of the source's examples, in dataset order; the same ids in all but unusual cases. */
  readonly idOf: ReadonlyMap<string, string>;
}

/** One experiment and its copy in another store. */
export class ExperimentCopy {
  readonly #experimentId: string;
  readonly #from: ExperimentStore;
  readonly #to: Catalog;
  #target: Target | undefined;
  #taskRuns = 0;
  #evaluationRuns = 0;
  readonly #differing: { exampleId: string; repetition: number }[] = [];

  constructor(experimentId: string, from: ExperimentStore, to: Catalog) {
    this.#experimentId = experimentId;
    this.#from = from;
    this.#to = to;
  }

  /** The examples of the source. */
  async exampleIds(): Promise<readonly string[]> {
    return [...(await this.#find()).idOf.keys()];
  }

  /** Copies what the target lacks for these examples of the source. */
  async push(exampleIds: readonly string[]): Promise<void> {
    await this.#find();
    for (let start = 0; start < exampleIds.length; start += pageSize)
      await this.#pushPage(exampleIds.slice(start, start + pageSize));
  }

  async report(): Promise<SyncReport> {
    const { experimentId } = await this.#find();
    return { experimentId, taskRuns: this.#taskRuns, evaluationRuns: this.#evaluationRuns, differing: this.#differing };
  }

  async #pushPage(exampleIds: readonly string[]): Promise<void> {
    const target = await this.#find();
    const theirIds = exampleIds.map((id) => target.idOf.get(id) ?? id);
    const ours = { exampleIds };
    const theirs = { exampleIds: theirIds };
    const standing = new Map(
      (await all(this.#to.listTaskRuns(target.experimentId, theirs))).map((run) => [keyOf(run), run]),
    );
    const standingEvaluations = new Map(
      (await all(this.#to.listEvaluationRuns(target.experimentId, theirs))).map((run) => [keyOf(run, run.name), run]),
    );

    const copies = new Map<string, TaskRun>();
    for await (const run of this.#from.listTaskRuns(this.#experimentId, ours)) {
      const exampleId = target.idOf.get(run.exampleId) ?? run.exampleId;
      const copied = await this.#copyRun(
        { ...run, exampleId, experimentId: target.experimentId },
        standing.get(keyOf({ ...run, exampleId })),
      );
      if (copied === null) this.#differing.push({ exampleId: run.exampleId, repetition: run.repetition });
      else copies.set(run.id, copied);
    }
    for await (const evaluation of this.#from.listEvaluationRuns(this.#experimentId, ours)) {
      const taskRun = copies.get(evaluation.taskRunId);
      if (taskRun === undefined) continue;
      const there = standingEvaluations.get(keyOf(taskRun, evaluation.name));
      if (there !== undefined && (there.status !== 'failed' || evaluation.status === 'failed')) continue;
      const { id: _id, ...draft } = evaluation;
      await saving(() =>
        this.#to.saveEvaluationRun({
          ...draft,
          taskRunId: taskRun.id,
          experimentId: target.experimentId,
          exampleId: taskRun.exampleId,
        }),
      );
      this.#evaluationRuns += 1;
    }
  }

  /** The run as it stands in the target afterwards; `null` when another output stands there. */
  async #copyRun(run: TaskRun, there: TaskRun | undefined): Promise<TaskRun | null> {
    if (there !== undefined && (there.error === null || run.error !== null))
      return run.error !== null || sameOutput(run, there) ? there : null;
    const { id: _id, ...draft } = run;
    try {
      const saved = await saving(() => this.#to.saveTaskRun(draft));
      this.#taskRuns += 1;
      return saved;
    } catch (error) {
      if (!ConflictError.is(error)) throw error;
      const existing = error.existing as TaskRun;
      return sameOutput(run, existing) ? existing : null;
    }
  }

  async #find(): Promise<Target> {
    this.#target ??= await this.#findOrCreate();
    return this.#target;
  }

  async #findOrCreate(): Promise<Target> {
    const from = this.#from;
    const to = this.#to;
    const source = await from.getExperiment(this.#experimentId);
    const copy = (await this.#findCopy(source)) ?? (await this.#createCopy(source));
    const ourIds = (await all(from.listExamples({ experimentId: source.id }))).map(({ id }) => id);
    const theirIds = (await all(to.listExamples({ experimentId: copy.id }))).map(({ id }) => id);
    const known = new Set(theirIds);
    if (ourIds.every((id) => known.has(id)))
      return { experimentId: copy.id, idOf: new Map(ourIds.map((id) => [id, id])) };
    if (ourIds.length !== theirIds.length) {
      throw new AssayError(
        'conflict',
        `Expected experiment ${copy.id} in the target to have the examples of ${source.id}, got others`,
      );
    }
    // A store may give an example without an id of the user's an id of its own: the order is the same in both.
    return { experimentId: copy.id, idOf: new Map(ourIds.map((id, index) => [id, theirIds[index]!])) };
  }

  async #findCopy(source: Experiment): Promise<Experiment | undefined> {
    const { name } = await this.#from.getDataset({ id: source.datasetId });
    for await (const dataset of this.#to.listDatasets({ name })) {
      for await (const experiment of this.#to.listExperiments({ datasetId: dataset.id })) {
        if (experiment.metadata[originKey] === originOf(source)) return experiment;
      }
    }
    return undefined;
  }

  async #createCopy(source: Experiment): Promise<Experiment> {
    const pin = { datasetId: source.datasetId, versionId: source.datasetVersionId };
    const { name, description, metadata } = await this.#from.getDataset({ id: source.datasetId });
    const dataset = await this.#to.saveDataset({ name, description, metadata, examples: this.#from.listExamples(pin) });
    return this.#to.createExperiment({
      datasetId: dataset.id,
      datasetVersionId: dataset.versionId,
      splits: source.splits,
      name: source.name,
      description: source.description,
      repetitions: source.repetitions,
      metadata: { ...source.metadata, [originKey]: originOf(source) },
    });
  }
}

/** What a copy is a copy of: the id alone would be the same in two stores that count from 1. */
function originOf({ id, createdAt, metadata }: Experiment): string {
  const origin = metadata[originKey];
  return typeof origin === 'string' ? origin : `${id}@${createdAt.toISOString()}`;
}

function sameOutput(a: TaskRun, b: TaskRun): boolean {
  return JSON.stringify(a.output) === JSON.stringify(b.output);
}

function keyOf({ exampleId, repetition }: Pick<EvaluationRun, 'exampleId' | 'repetition'>, name = ''): string {
  return JSON.stringify([exampleId, repetition, name]);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
