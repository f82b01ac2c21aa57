import { AssayError } from '@assay/core';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Database } from '../schema.ts';
import { jsonListOf, textsOf } from '../sqlite.ts';
import type { createDatasetOperations } from './datasets.ts';
import type { createExperimentOperations } from './experiments.ts';

export interface ExampleRow {
  readonly id: number;
  readonly external_id: string | null;
  readonly input: string;
  readonly expected: string;
  readonly metadata: string;
  /** A JSON list of names, sorted. */
  readonly splits: string;
}

export interface SplitRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly example_count: number;
}

export interface ExamplePage {
  /** The row of the last example of the page before. */
  readonly after: number;
  readonly limit: number;
}

export function createExampleOperations(
  db: Kysely<Database>,
  datasets: ReturnType<typeof createDatasetOperations>,
  experiments: ReturnType<typeof createExperimentOperations>,
) {
  const columns = sql`e.id, e.external_id, r.input, r.expected, r.metadata, ${jsonListOf(sql`SELECT s.name AS item
    FROM split_examples se JOIN splits s ON s.id = se.split_id WHERE se.example_id = e.id ORDER BY s.name`)} AS splits`;

  const listOfVersion = prepare(
    db,
    (v: ExamplePage & { datasetId: number; versionId: number; splitIds: string | null }) => sql<ExampleRow>`
      SELECT ${columns} FROM examples e JOIN example_revisions r ON r.example_id = e.id AND r.version_id =
        (SELECT max(version_id) FROM example_revisions WHERE example_id = e.id AND version_id <= ${v.versionId})
      WHERE e.dataset_id = ${v.datasetId} AND e.id > ${v.after} AND r.kind <> 'DELETE'
        AND (${v.splitIds} IS NULL OR EXISTS (SELECT 1 FROM split_examples se
          WHERE se.example_id = e.id AND se.split_id IN ${textsOf(v.splitIds)}))
      ORDER BY e.id LIMIT ${v.limit}`,
  );
  const listOfExperiment = prepare(
    db,
    (v: ExamplePage & { experimentId: number }) => sql<ExampleRow>`
      SELECT ${columns} FROM experiment_examples xe
      JOIN examples e ON e.id = xe.example_id JOIN example_revisions r ON r.id = xe.revision_id
      WHERE xe.experiment_id = ${v.experimentId} AND xe.example_id > ${v.after}
      ORDER BY xe.example_id LIMIT ${v.limit}`,
  );

  const current = sql`examples e JOIN example_revisions r ON r.example_id = e.id AND r.kind <> 'DELETE'
    AND r.version_id = (SELECT max(version_id) FROM example_revisions WHERE example_id = e.id)`;
  const findUnknown = prepare(
    db,
    (v: { datasetId: number; exampleIds: string }) => sql<{ value: string }>`
      SELECT value FROM ${textsOf(v.exampleIds)} WHERE NOT EXISTS
        (SELECT 1 FROM ${current} WHERE e.dataset_id = ${v.datasetId} AND e.external_id = value) LIMIT 1`,
  );
  const upsertSplit = prepare(
    db,
    (v: { name: string; description: string | null; describe: number; now: number }) => sql<{
      id: number;
      name: string;
      description: string | null;
    }>`
      INSERT INTO splits (name, description, created_at) VALUES (${v.name}, ${v.description}, ${v.now})
      ON CONFLICT (name) DO UPDATE SET description =
        CASE WHEN ${v.describe} = 1 THEN excluded.description ELSE splits.description END
      RETURNING id, name, description`,
  );
  const clearSplit = prepare(
    db,
    (v: { datasetId: number; splitId: number }) => sql<never>`
      DELETE FROM split_examples WHERE split_id = ${v.splitId}
        AND example_id IN (SELECT id FROM examples WHERE dataset_id = ${v.datasetId})`,
  );
  const fillSplit = prepare(
    db,
    (v: { datasetId: number; splitId: number; exampleIds: string }) => sql<{ example_id: number }>`
      INSERT INTO split_examples (split_id, example_id)
      SELECT DISTINCT ${v.splitId}, e.id FROM ${textsOf(v.exampleIds)}
        JOIN examples e ON e.dataset_id = ${v.datasetId} AND e.external_id = value
      RETURNING example_id`,
  );

  function* listExamples(
    of: { datasetId: number; versionId: number; splits: readonly string[] | null } | { experimentId: number },
    page: ExamplePage,
  ): Operation<readonly ExampleRow[]> {
    if ('experimentId' in of) {
      yield* experiments.getExperiment(of.experimentId);
      return yield* rows(listOfExperiment, { ...of, ...page });
    }
    yield* datasets.getVersion(of.datasetId, of.versionId);
    const splitIds = of.splits && JSON.stringify(yield* datasets.splitIds(of.splits));
    return yield* rows(listOfVersion, { datasetId: of.datasetId, versionId: of.versionId, splitIds, ...page });
  }

  function* saveSplit(
    split: { datasetId: number; name: string; description?: string | null | undefined; exampleIds: readonly string[] },
    now: number,
  ): Operation<SplitRow> {
    const { datasetId, name } = split;
    const dataset = yield* datasets.getDataset({ id: datasetId }, {});
    const exampleIds = JSON.stringify(split.exampleIds);
    const unknown = yield* firstRow(findUnknown, { datasetId, exampleIds });
    if (unknown) throw new AssayError('not-found', `Dataset ${dataset.name} has no example ${unknown.value}`);
    const describe = split.description === undefined ? 0 : 1;
    const saved = (yield* firstRow(upsertSplit, { name, description: split.description ?? null, describe, now }))!;
    yield* rows(clearSplit, { datasetId, splitId: saved.id });
    const members = yield* rows(fillSplit, { datasetId, splitId: saved.id, exampleIds });
    return { ...saved, example_count: members.length };
  }

  return { listExamples, saveSplit };
}
