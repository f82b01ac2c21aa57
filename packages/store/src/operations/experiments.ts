import { sql } from '../sql.ts';
import { noSuch } from '../global-id.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import type { createDatasetOperations } from './datasets.ts';

export interface ExperimentRow {
  readonly id: number;
  readonly dataset_id: number;
  readonly version_id: number;
  readonly name: string;
  readonly description: string | null;
  readonly metadata: string;
  readonly repetitions: number;
  readonly example_count: number;
  readonly project_name: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  /** A JSON list of names, in the order of their making. */
  readonly splits: string;
}

export interface NewExperiment {
  readonly datasetId: number;
  readonly versionId: number;
  readonly splits: readonly string[] | null;
  /** Empty: made from the dataset's name. */
  readonly name: string;
  readonly description: string | null;
  readonly metadata: string;
  readonly repetitions: number;
  readonly projectName: string | null;
}

/** How many runs of an experiment there are of each outcome. */
export interface RunCountsRow {
  readonly id: number;
  readonly ok: number;
  readonly failed: number;
}

export interface ExperimentChanges {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: string | undefined;
}

export function createExperimentOperations(db: Dialect, datasets: ReturnType<typeof createDatasetOperations>) {
  const columns = sql`x.id, x.dataset_id, x.version_id, x.name, x.description, x.metadata, x.repetitions, x.example_count,
    x.project_name, x.created_at, x.updated_at, ${db.jsonListOf(sql`SELECT s.name AS item FROM experiment_splits xs
      JOIN splits s ON s.id = xs.split_id WHERE xs.experiment_id = x.id ORDER BY s.id`)} AS splits`;

  const insert = prepare(
    db,
    (v: Omit<NewExperiment, 'splits'> & { now: number; suffix: string }) => sql<{ id: number }>`
      INSERT INTO experiments (dataset_id, version_id, name, description, metadata, repetitions, example_count, project_name,
        created_at, updated_at)
      SELECT id, ${v.versionId}, CASE WHEN ${v.name} = '' THEN replace(substr(name, 1, 8), ' ', '-') || ${v.suffix} ELSE ${v.name} END,
        ${v.description}, ${v.metadata}, ${v.repetitions}, 0, ${v.projectName}, ${v.now}, ${v.now}
      FROM datasets WHERE id = ${v.datasetId}
      RETURNING id`,
  );
  const addSplit = prepare(
    db,
    (v: { experimentId: number; splitId: number }) => sql<never>`
      INSERT INTO experiment_splits (experiment_id, split_id) VALUES (${v.experimentId}, ${v.splitId}) ON CONFLICT DO NOTHING`,
  );
  const fixExamples = prepare(
    db,
    (v: { experimentId: number; datasetId: number; versionId: number }) => sql<never>`
      INSERT INTO experiment_examples (experiment_id, example_id, revision_id)
      SELECT ${v.experimentId}, e.id, r.id
      FROM examples e JOIN example_revisions r ON r.example_id = e.id AND r.version_id =
        (SELECT max(version_id) FROM example_revisions WHERE example_id = e.id AND version_id <= ${v.versionId})
      WHERE e.dataset_id = ${v.datasetId} AND r.kind <> 'DELETE'
        AND (NOT EXISTS (SELECT 1 FROM experiment_splits WHERE experiment_id = ${v.experimentId})
          OR EXISTS (SELECT 1 FROM split_examples se JOIN experiment_splits xs ON xs.split_id = se.split_id
            WHERE se.example_id = e.id AND xs.experiment_id = ${v.experimentId}))
      ORDER BY e.id`,
  );
  const countExamples = prepare(
    db,
    (v: { experimentId: number }) => sql<never>`
      UPDATE experiments SET example_count = (SELECT count(*) FROM experiment_examples WHERE experiment_id = ${v.experimentId})
      WHERE id = ${v.experimentId}`,
  );

  const find = prepare(
    db,
    (v: { id: number }) => sql<ExperimentRow>`SELECT ${columns} FROM experiments x WHERE x.id = ${v.id}`,
  );
  const list = prepare(
    db,
    (v: { before: number; datasetId: number | null; name: string | null; limit: number }) => sql<ExperimentRow>`
      SELECT ${columns} FROM experiments x
      WHERE x.id < ${v.before} AND (CAST(${v.datasetId} AS BIGINT) IS NULL OR x.dataset_id = ${v.datasetId}) AND NOT EXISTS (SELECT 1 FROM experiment_jobs j WHERE j.experiment_id = x.id AND j.ephemeral = 1)
        AND (CAST(${v.name} AS TEXT) IS NULL OR x.name = ${v.name})
      ORDER BY x.id DESC LIMIT ${v.limit}`,
  );
  const countRuns = prepare(
    db,
    (v: { ids: string }) => sql<RunCountsRow>`
      SELECT value AS id, (SELECT count(*) FROM task_runs WHERE experiment_id = value AND error IS NOT NULL) AS failed,
        (SELECT count(*) FROM task_runs WHERE experiment_id = value)
          - (SELECT count(*) FROM task_runs WHERE experiment_id = value AND error IS NOT NULL) AS ok
      FROM ${db.numbersOf(v.ids)} AS ids`,
  );
  const update = prepare(
    db,
    (v: { id: number; name: string; description: string | null; metadata: string; now: number }) => sql<never>`
      UPDATE experiments SET name = ${v.name}, description = ${v.description}, metadata = ${v.metadata}, updated_at = ${v.now}
      WHERE id = ${v.id}`,
  );
  const remove = prepare(
    db,
    (v: { id: number }) => sql<{ id: number }>`DELETE FROM experiments WHERE id = ${v.id} RETURNING id`,
  );

  function* getExperiment(id: number): Operation<ExperimentRow> {
    const experiment = yield* firstRow(find, { id });
    if (!experiment) throw noSuch('Experiment', 'experiment', id);
    return experiment;
  }

  function* createExperiment(
    { splits, ...experiment }: NewExperiment,
    suffix: string,
    now: number,
  ): Operation<ExperimentRow> {
    const { datasetId, versionId } = experiment;
    yield* datasets.getVersion(datasetId, versionId);
    const splitIds = yield* datasets.splitIds(splits);
    const { id } = (yield* firstRow(insert, { ...experiment, suffix, now }))!;
    for (const splitId of splitIds) yield* rows(addSplit, { experimentId: id, splitId });
    yield* rows(fixExamples, { experimentId: id, datasetId, versionId });
    yield* rows(countExamples, { experimentId: id });
    return yield* getExperiment(id);
  }

  function* patchExperiment(id: number, changes: ExperimentChanges, now: number): Operation<ExperimentRow> {
    const { name, description, metadata } = yield* getExperiment(id);
    yield* rows(update, {
      id,
      now,
      name: changes.name ?? name,
      description: changes.description === undefined ? description : changes.description,
      metadata: changes.metadata ?? metadata,
    });
    return yield* getExperiment(id);
  }

  function* deleteExperiment(id: number): Operation<null> {
    if (!(yield* firstRow(remove, { id }))) throw noSuch('Experiment', 'experiment', id);
    return null;
  }

  function* listExperiments(page: {
    before: number;
    datasetId: number | null;
    name: string | null;
    limit: number;
  }): Operation<readonly ExperimentRow[]> {
    if (page.datasetId !== null) yield* datasets.getDataset({ id: page.datasetId }, {});
    return yield* rows(list, page);
  }

  return {
    getExperiment,
    createExperiment,
    patchExperiment,
    deleteExperiment,
    listExperiments,
    /** @param ids - A JSON list of rows. */
    listRunCounts: (ids: string) => rows(countRuns, { ids }),
  };
}
