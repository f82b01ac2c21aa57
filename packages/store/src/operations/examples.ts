import { sql } from '../sql.ts';
import { prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import type { createDatasetOperations } from './datasets.ts';
import type { createExperimentOperations } from './experiments.ts';

export interface ExampleRow {
  readonly id: number;
  readonly external_id: string | null;
  readonly input: string;
  readonly expected: string;
  readonly metadata: string;
  /** When the version was made in which it got this content. */
  readonly revised_at: number;
  /** A JSON list of names, sorted. */
  readonly splits: string;
}

export interface ExamplePage {
  /** The row of the last example of the page before. */
  readonly after: number;
  readonly limit: number;
}

export function createExampleOperations(
  db: Dialect,
  datasets: ReturnType<typeof createDatasetOperations>,
  experiments: ReturnType<typeof createExperimentOperations>,
) {
  const columns = sql`e.id, e.external_id, r.input, r.expected, r.metadata, rv.created_at AS revised_at, ${db.jsonListOf(sql`SELECT s.name AS item
    FROM split_examples se JOIN splits s ON s.id = se.split_id WHERE se.example_id = e.id ORDER BY s.name`)} AS splits`;

  const listOfVersion = prepare(
    db,
    (v: ExamplePage & { datasetId: number; versionId: number; splitIds: string | null }) => sql<ExampleRow>`
      SELECT ${columns} FROM examples e JOIN example_revisions r ON r.example_id = e.id AND r.version_id =
        (SELECT max(version_id) FROM example_revisions WHERE example_id = e.id AND version_id <= ${v.versionId})
      JOIN dataset_versions rv ON rv.id = r.version_id
      WHERE e.dataset_id = ${v.datasetId} AND e.id > ${v.after} AND r.kind <> 'DELETE'
        AND (CAST(${v.splitIds} AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM split_examples se
          WHERE se.example_id = e.id AND se.split_id IN ${db.numbersOf(v.splitIds)}))
      ORDER BY e.id LIMIT ${v.limit}`,
  );
  const listOfExperiment = prepare(
    db,
    (v: ExamplePage & { experimentId: number }) => sql<ExampleRow>`
      SELECT ${columns} FROM experiment_examples xe
      JOIN examples e ON e.id = xe.example_id JOIN example_revisions r ON r.id = xe.revision_id
      JOIN dataset_versions rv ON rv.id = r.version_id
      WHERE xe.experiment_id = ${v.experimentId} AND xe.example_id > ${v.after}
      ORDER BY xe.example_id LIMIT ${v.limit}`,
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

  return { listExamples };
}
