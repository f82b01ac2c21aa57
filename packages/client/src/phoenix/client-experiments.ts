import {
  type Annotation,
  AssayError,
  type Catalog,
  type EvaluateOptions,
  evaluateExperiment,
  type EvaluationRun,
  type ExampleDraft,
  type Experiment,
  type ExperimentOptions,
  type ExperimentSummary,
  needObject,
  type RanExperiment,
  resumeExperiment,
  type ResumeOptions,
  runExperiment,
  type Tag,
  type TaskRun,
  type Untyped,
} from '@assay/core';
import { createList, type RemoteList } from '../list.ts';
import { type Plain, plain } from '../plain.ts';
import { createLogs } from './client-log.ts';
import { type DatasetName, refOf } from './client-datasets.ts';
import type { Page } from './lists.ts';
import { checkNodeId } from './node-id.ts';
import { experimentFromWire, taskRunFromWire } from './records.ts';
import type { PhoenixParts } from './store.ts';

/** What `create` takes. */
export interface NewExperiment {
  readonly dataset: DatasetName;
  /** Default: the newest version. */
  readonly versionId?: string | undefined;
  readonly splits?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Default 1. */
  readonly repetitions?: number | undefined;
}

/** The experiments of a Phoenix server. */
export function createExperimentsOf(parts: PhoenixParts, store: Catalog) {
  const { experimentApi, experiments, datasets, handles, runs } = parts;

  async function create(draft: NewExperiment): Promise<Plain<Experiment>> {
    const {
      dataset,
      versionId,
      splits,
      repetitions = 1,
      name,
      description,
      metadata,
    } = needObject('an experiment to create as { dataset, … }', draft);
    const { id, versionId: newest } = await datasets.get(refOf(dataset));
    return plain(
      await experiments.create({
        datasetId: id,
        datasetVersionId: versionId ?? newest,
        splits,
        name,
        description,
        metadata,
        repetitions,
      }),
    );
  }

  /** A resume without a task and without evaluators does nothing but read all that is on record. */
  async function read(experimentId: string): Promise<Plain<RanExperiment>> {
    const ran = await resumeExperiment<ExampleDraft, unknown>({ experimentId, store, printSummary: false });
    return plain({ ...ran, warnings: [] });
  }

  return {
    /** Of one dataset, newest first. For all: `client.store.listExperiments()`. */
    list(of: { readonly dataset: DatasetName }): RemoteList<Plain<Experiment>> {
      return createList(async (limit, cursor): Promise<Page<Plain<Experiment>>> => {
        const { dataset } = needObject('whose experiments to list as { dataset }', of);
        const { id } = await datasets.find(refOf(dataset));
        const page = await experimentApi.page(id, limit, cursor);
        return {
          items: page.items.map((experiment) => plain(experimentFromWire(experiment))),
          nextCursor: page.nextCursor,
        };
      }, 50);
    },
    /** @throws AssayError `not-found`. */
    get: async (experimentId: string): Promise<Plain<Experiment>> => plain(await experiments.get(experimentId)),
    /** With its examples, runs, evaluations and summary: what `runsFrame` takes. */
    read,
    create,
    /** @param options - `deleteProject`: its traces as well. */
    delete: async (
      experimentId: string,
      options: { readonly deleteProject?: boolean | undefined } = {},
    ): Promise<void> => {
      const { deleteProject = false } = needObject('how to delete as { deleteProject }', options, 'invalid-config');
      return experiments.remove(experimentId, deleteProject);
    },
    patch: async (
      experimentId: string,
      changes: {
        readonly name?: string | undefined;
        readonly description?: string | null | undefined;
        readonly metadata?: Readonly<Record<string, unknown>> | undefined;
      },
    ): Promise<Plain<Experiment>> => plain(await experiments.patch(experimentId, changes)),
    /** Newest first. */
    listRuns(experimentId: string): RemoteList<Plain<TaskRun>> {
      return createList(async (limit, cursor): Promise<Page<Plain<TaskRun>>> => {
        const handle = await handles.open(experimentId);
        const page = await experimentApi.runPage(experimentId, limit, cursor);
        const items = page.items.map((run) =>
          plain(taskRunFromWire(run, handle.exampleIdOf(run.dataset_example_id) ?? run.dataset_example_id)),
        );
        return { items, nextCursor: page.nextCursor };
      }, 100);
    },
    /** Runs and verdicts as a file, in Phoenix's own words. Its CSV writes lists as Python does: take JSON to read them. */
    download: async (experimentId: string, options: { readonly format: 'json' | 'csv' }): Promise<string> => {
      const { format } = needObject('how to download as { format }', options, 'invalid-config');
      return experimentApi.download(checkNodeId('Experiment', experimentId), format);
    },
    /** Of every run. Phoenix gives all of them at once. */
    async *listEvaluations(experimentId: string): AsyncGenerator<Plain<EvaluationRun>, void, undefined> {
      for await (const evaluation of runs.listEvaluationRuns(experimentId, undefined)) yield plain(evaluation);
    },
    ...createLogs(parts, create),
    /** Attaches annotations. Ids that are no runs of the experiment are given back. */
    annotateRuns: (experimentId: string, annotations: readonly Annotation[]) =>
      runs.annotateRuns(experimentId, annotations),
    /** Runs a task over a dataset and keeps everything on the server: `runExperiment` with this store. */
    run: async <E extends ExampleDraft = Untyped, Output = never>(
      options: Omit<ExperimentOptions<E, Output>, 'store'>,
    ) => plain(await runExperiment<E, Output>({ ...options, store })),
    /** Does what is missing of an experiment: `resumeExperiment` with this store. */
    resume: async <E extends ExampleDraft = Untyped, Output = never>(
      options: Omit<ResumeOptions<E, Output>, 'store'>,
    ) => plain(await resumeExperiment<E, Output>({ ...options, store })),
    /** Judges the finished runs of an experiment with more evaluators: `evaluateExperiment` with this store. */
    evaluate: async <E extends ExampleDraft = Untyped, Output = never>(
      options: { readonly experimentId: string } & Omit<
        EvaluateOptions<E, Output>,
        'store' | 'experiment' | 'experimentId'
      >,
    ) => plain(await evaluateExperiment<E, Output>({ ...options, store })),
    summary: async (experimentId: string): Promise<Plain<ExperimentSummary>> =>
      plain((await read(experimentId)).summary),
    listTags: async (experimentId: string): Promise<Plain<Tag>[]> => {
      const tags: Plain<Tag>[] = [];
      for await (const tag of experiments.tags(experimentId)) tags.push(plain(tag));
      return tags;
    },
    /** Points the tag at the experiment, away from any other of the same dataset. */
    addTag: async (experimentId: string, name: string, description?: string | null): Promise<Plain<Tag>> =>
      plain(await experiments.saveTag({ experimentId, name, description })),
    /** @throws AssayError `not-found` when the experiment has no such tag. */
    async removeTag(experimentId: string, name: string): Promise<void> {
      for await (const tag of experiments.tags(experimentId))
        if (tag.name === name) return experimentApi.removeTag(experimentId, name);
      throw new AssayError('not-found', `Experiment ${experimentId} has no tag ${name}`);
    },
  };
}
