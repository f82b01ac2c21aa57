import { AssayError, messageOf, needObject, type RanExperiment } from '@assay/core';
import { createList, type RemoteList } from '../list.ts';
import { type Plain, plain } from '../plain.ts';
import { pathPart, type Transport } from '../transport.ts';
import { wireArizeExperiment, type WireArizeRun, wireArizeRunIds, wireArizeRuns } from '../wire/arize.ts';
import { annotateRecords, type AnnotationReport, type RecordAnnotation } from './annotate.ts';
import { type createArizeDatasets, idsOf } from './datasets.ts';
import { type ExampleFields, exampleOfRow } from './examples.ts';
import { arizeItems, type ArizeRoute, chunksOf, readArizePage } from './pages.ts';
import {
  type ArizeDataset,
  type ArizeExperiment,
  arizeExperimentFromWire,
  type ArizeRun,
  arizeRunFromWire,
} from './records.ts';
import type { ArizeName, Resolve } from './resolve.ts';
import { type Row, type RowMapping, type RunInput, runInputsOf } from './rows.ts';
import { type ArizeRunOptions, runInputsOfRan, runOnArize } from './run.ts';

/** An experiment, and the dataset that its name is unique in. */
export interface OfExperiment {
  readonly experiment: ArizeName;
  readonly dataset?: ArizeName | undefined;
}

/** The experiments of Arize AX. */
export function createArizeExperiments(
  transport: Transport,
  resolve: Resolve,
  datasets: ReturnType<typeof createArizeDatasets>,
) {
  const pathOf = (id: string): string => `/v2/experiments/${pathPart(id)}`;
  const idOf = async (of: OfExperiment): Promise<string> => {
    const { experiment, dataset } = needObject('an experiment as { experiment, dataset }', of);
    return resolve.experimentId(experiment, dataset);
  };

  function runsRoute(
    id: string,
  ): ArizeRoute<
    { experiment_runs: WireArizeRun[]; pagination: { has_more: boolean; next_cursor?: string | null | undefined } },
    WireArizeRun
  > {
    return {
      what: 'list the runs',
      path: `${pathOf(id)}/runs`,
      shape: wireArizeRuns,
      limit: 500,
      items: ({ experiment_runs }) => experiment_runs,
    };
  }

  async function createRuns(name: string, datasetId: string, runs: readonly RunInput[]): Promise<ArizeExperiment> {
    if (/["\\]/.test(name) || name.trim() === '')
      throw new AssayError(
        'invalid-input',
        `Expected the name of an experiment to be without " and \\ and not empty, got ${JSON.stringify(name)}`,
      );
    const [first, ...rest] = chunksOf(runs);
    const call = {
      what: `create the experiment ${name}`,
      method: 'POST',
      path: '/v2/experiments',
      body: { name, dataset_id: datasetId, experiment_runs: first?.rows ?? [] },
    } as const;
    const { data } = await transport.send(call, wireArizeExperiment);
    if (rest.length > 0) await append(data.id, runs.slice(first?.rows.length), first?.rows.length ?? 0);
    return arizeExperimentFromWire(data);
  }

  async function append(id: string, runs: readonly RunInput[], done = 0): Promise<string[]> {
    const runIds: string[] = [];
    for (const { rows, before } of chunksOf(runs)) {
      const call = {
        what: 'append runs',
        method: 'POST',
        path: `${pathOf(id)}/runs`,
        body: { experiment_runs: rows },
      } as const;
      try {
        runIds.push(...(await transport.send(call, wireArizeRunIds)).data.run_ids);
      } catch (error) {
        const code = AssayError.is(error) ? error.code : 'unavailable';
        throw new AssayError(
          code,
          `Runs 1 to ${done + before} are in the experiment ${id}; run ${done + before + 1} and those after it are not known to be: ${messageOf(error)}`,
          { cause: error },
        );
      }
    }
    return runIds;
  }

  /** Takes the name of an experiment for taken only when the dataset has it. */
  async function checkName(name: string, datasetId: string): Promise<void> {
    for await (const experiment of arizeItems(transport, resolve.experimentsNamed(name, datasetId))) {
      if (experiment.name === name)
        throw new AssayError('conflict', `The dataset has an experiment named ${name} already: ${experiment.id}`);
    }
  }

  async function* examplesOf(dataset: ArizeDataset, versionId: string | null, fields: ExampleFields) {
    for await (const row of arizeItems(transport, datasets.examplesRoute(dataset.id, versionId ?? undefined)))
      yield exampleOfRow(row, fields);
  }

  function listRuns(options: OfExperiment & { readonly all: true }): Promise<Plain<ArizeRun>[]>;
  function listRuns(options: OfExperiment & { readonly all?: false | undefined }): RemoteList<Plain<ArizeRun>>;
  function listRuns(
    options: OfExperiment & { readonly all?: boolean | undefined },
  ): RemoteList<Plain<ArizeRun>> | Promise<Plain<ArizeRun>[]> {
    let id: Promise<string> | undefined;
    const list = createList(async (limit, cursor) => {
      const page = await readArizePage(transport, runsRoute(await (id ??= idOf(options))), cursor, limit);
      return { items: page.items.map((run) => plain(arizeRunFromWire(run))), nextCursor: page.nextCursor };
    }, 500);
    return needObject('whose runs to list as { experiment, dataset }', options).all === true ? list.toArray() : list;
  }

  return {
    list(
      of: { readonly dataset?: ArizeName | undefined; readonly name?: string | undefined } = {},
    ): RemoteList<Plain<ArizeExperiment>> {
      return createList(async (limit, cursor) => {
        needObject('which experiments to list as { dataset, name }', of);
        const datasetId = of.dataset === undefined ? undefined : await resolve.datasetId(of.dataset);
        const page = await readArizePage(transport, resolve.experimentsNamed(of.name, datasetId), cursor, limit);
        return {
          items: page.items.map((experiment) => plain(arizeExperimentFromWire(experiment))),
          nextCursor: page.nextCursor,
        };
      }, 100);
    },

    /** Keeps results that were computed elsewhere. `experimentRuns` is any iterable of rows: a list, or a table as it is. */
    async create(
      draft: {
        readonly name: string;
        readonly dataset: ArizeName;
        readonly experimentRuns: Iterable<Row>;
      } & RowMapping,
    ): Promise<Plain<ArizeExperiment>> {
      const { name, dataset, experimentRuns, ...mapping } = needObject(
        'an experiment to create as { name, dataset, experimentRuns }',
        draft,
      );
      const runs = runInputsOf(experimentRuns, mapping);
      return plain(await createRuns(name, await resolve.datasetId(dataset), runs));
    },

    /** @throws AssayError `not-found`, `ambiguous` with the ids when several have the name. */
    async get(of: OfExperiment): Promise<Plain<ArizeExperiment>> {
      const id = await idOf(of);
      return plain(
        arizeExperimentFromWire(
          (
            await transport.send(
              { what: `get the experiment ${id}`, method: 'GET', path: pathOf(id) },
              wireArizeExperiment,
            )
          ).data,
        ),
      );
    },

    async delete(of: OfExperiment): Promise<void> {
      const id = await idOf(of);
      await transport.done({ what: `delete the experiment ${id}`, method: 'DELETE', path: pathOf(id) });
    },

    /**
     * Runs a task over a dataset with the engine of `@assay/core`, and uploads the results when all are there.
     *
     * @throws AssayError `conflict` before any call when the name is taken; an `UploadError` that holds the results when
     * they could not be uploaded; with `exitOnError` `run-failed` at the first failure, and nothing is uploaded.
     */
    run: <Output, const Fields extends ExampleFields = ExampleFields>(options: ArizeRunOptions<Output, Fields>) =>
      runOnArize({ dataset: datasets.get, examples: examplesOf, checkName, create: createRuns }, options),

    /** Uploads an experiment that was run: of an `UploadError`, or of any store, over the examples of this dataset. */
    async upload(
      ran: Pick<RanExperiment, 'name' | 'taskRuns' | 'evaluationRuns' | 'repetitions'>,
      options: { readonly dataset: ArizeName; readonly name?: string | undefined },
    ): Promise<Plain<ArizeExperiment>> {
      needObject('an experiment that was run', ran);
      const { dataset, name = ran.name } = needObject('where to upload to as { dataset }', options);
      return plain(await createRuns(name, await resolve.datasetId(dataset), runInputsOfRan(ran)));
    },

    /** A list of runs; with `all: true` all of them at once. */
    listRuns,

    /** Adds runs, 1,000 a request. @throws AssayError that says up to which run they are there. */
    async appendRuns(
      options: OfExperiment & { readonly experimentRuns: Iterable<Row> } & RowMapping,
    ): Promise<{ readonly experimentId: string; readonly runIds: readonly string[] }> {
      const { experimentRuns, taskFields, evaluatorColumns, ...of } = needObject(
        'runs to append as { experiment, experimentRuns }',
        options,
      );
      const runs = runInputsOf(experimentRuns, { taskFields, evaluatorColumns });
      const experimentId = await idOf(of);
      return { experimentId, runIds: await append(experimentId, runs) };
    },

    /** Attaches annotations in requests of 1,000. Ids that AX does not know are given back: it says nothing of them. */
    async annotateRuns(
      options: OfExperiment & { readonly annotations: readonly RecordAnnotation[] },
    ): Promise<AnnotationReport> {
      const { annotations, ...of } = needObject('annotations as { experiment, annotations }', options);
      const id = await idOf(of);
      return annotateRecords(
        transport,
        `${pathOf(id)}/runs/annotate`,
        annotations,
        await idsOf(arizeItems(transport, runsRoute(id))),
      );
    },
  };
}
