import { sql } from '../sql.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import type { createExperimentOperations } from './experiments.ts';

export interface TagRow {
  readonly id: number;
  readonly experiment_id: number;
  readonly name: string;
  readonly description: string | null;
}

export function createTagOperations(db: Dialect, { getExperiment }: ReturnType<typeof createExperimentOperations>) {
  // A tag that is there moves, and keeps its id; its description too, unless another is given.
  const save = prepare(
    db,
    (v: {
      datasetId: number;
      experimentId: number;
      name: string;
      description: string | null;
      describe: number;
    }) => sql<TagRow>`
      INSERT INTO tags (dataset_id, experiment_id, name, description) VALUES (${v.datasetId}, ${v.experimentId}, ${v.name}, ${v.description})
      ON CONFLICT (dataset_id, name) DO UPDATE SET experiment_id = excluded.experiment_id,
        description = CASE WHEN ${v.describe} = 1 THEN excluded.description ELSE tags.description END
      RETURNING id, experiment_id, name, description`,
  );
  const list = prepare(
    db,
    (v: { experimentId: number }) => sql<TagRow>`
      SELECT id, experiment_id, name, description FROM tags WHERE experiment_id = ${v.experimentId} ORDER BY id DESC`,
  );

  const remove = prepare(
    db,
    (v: { experimentId: number; id: number; name: string }) => sql<never>`
      DELETE FROM tags WHERE experiment_id = ${v.experimentId} AND (id = ${v.id} OR name = ${v.name})`,
  );

  function* saveTag(tag: {
    experimentId: number;
    name: string;
    description?: string | null | undefined;
  }): Operation<TagRow> {
    const { dataset_id: datasetId } = yield* getExperiment(tag.experimentId);
    const describe = tag.description === undefined ? 0 : 1;
    return (yield* firstRow(save, { ...tag, datasetId, description: tag.description ?? null, describe }))!;
  }

  function* listTags(experimentId: number): Operation<readonly TagRow[]> {
    yield* getExperiment(experimentId);
    return yield* rows(list, { experimentId });
  }

  /** Takes a tag off, by its row or its name; one that is not there is no error. */
  function* removeTag(tag: { experimentId: number; id: number; name: string }): Operation<null> {
    yield* getExperiment(tag.experimentId);
    yield* rows(remove, tag);
    return null;
  }

  return { saveTag, listTags, removeTag };
}
