import { AssayError, needIterable, needObject } from '@assay/core';
import { createList, type RemoteList } from '../list.ts';
import { type Plain, plain } from '../plain.ts';
import { pathPart, type Transport } from '../transport.ts';
import {
  wireArizeDataset,
  wireArizeDeletion,
  type WireArizeExample,
  wireArizeExampleIds,
  wireArizeExamples,
} from '../wire/arize.ts';
import { annotateRecords, type RecordAnnotation } from './annotate.ts';
import { arizeItems, type ArizeRoute, chunksOf, readArizePage } from './pages.ts';
import { type ArizeDataset, arizeDatasetFromWire } from './records.ts';
import type { ArizeName, Resolve } from './resolve.ts';
import type { Row } from './rows.ts';

/** What changing examples gives back. */
export interface ChangedExamples {
  readonly datasetId: string;
  readonly versionId: string | null;
  /** In the order of the request, where the API gives them. */
  readonly exampleIds: readonly string[];
}

/** The datasets of Arize AX. */
export function createArizeDatasets(transport: Transport, resolve: Resolve) {
  const pathOf = (id: string): string => `/v2/datasets/${pathPart(id)}`;

  function examplesRoute(
    id: string,
    versionId: string | undefined,
  ): ArizeRoute<
    { examples: WireArizeExample[]; pagination: { has_more: boolean; next_cursor?: string | null | undefined } },
    WireArizeExample
  > {
    const query = { dataset_version_id: versionId };
    return {
      what: 'list the examples',
      path: `${pathOf(id)}/examples`,
      query,
      shape: wireArizeExamples,
      limit: 500,
      items: ({ examples }) => examples,
    };
  }

  async function get(dataset: ArizeName): Promise<Plain<ArizeDataset>> {
    const id = await resolve.datasetId(dataset);
    return plain(
      arizeDatasetFromWire(
        (await transport.send({ what: `get the dataset ${id}`, method: 'GET', path: pathOf(id) }, wireArizeDataset))
          .data,
      ),
    );
  }

  async function append(id: string, rows: readonly Row[], versionId?: string): Promise<ChangedExamples> {
    const exampleIds: string[] = [];
    let version: string | null = versionId ?? null;
    for (const { rows: examples, before } of chunksOf(rows)) {
      const call = {
        what: `add examples ${before + 1} to ${before + examples.length}`,
        method: 'POST',
        path: `${pathOf(id)}/examples`,
        query: { dataset_version_id: versionId },
        body: { examples },
      } as const;
      const { data } = await transport.send(call, wireArizeExampleIds);
      exampleIds.push(...(data.example_ids ?? []));
      version = data.dataset_version_id ?? version;
    }
    return { datasetId: id, versionId: version, exampleIds };
  }

  return {
    list(
      of: { readonly name?: string | undefined; readonly space?: string | undefined } = {},
    ): RemoteList<Plain<ArizeDataset>> {
      return createList(async (limit, cursor) => {
        const { name, space } = needObject('which datasets to list as { name, space }', of);
        const page = await readArizePage(transport, resolve.datasetsNamed(name, space), cursor, limit);
        return {
          items: page.items.map((dataset) => plain(arizeDatasetFromWire(dataset))),
          nextCursor: page.nextCursor,
        };
      }, 100);
    },

    /** With its versions. @throws AssayError `not-found`, `ambiguous` with the ids when several have the name. */
    get,

    /** More than 1,000 rows are sent in several requests. @throws AssayError `invalid-input` for a row that AX would refuse. */
    async create(draft: {
      readonly name: string;
      readonly examples: Iterable<Row>;
      readonly space?: string | undefined;
    }): Promise<Plain<ArizeDataset>> {
      const { name, examples, space } = needObject('a dataset to create as { name, examples }', draft);
      const rows = checkedRows(examples);
      const [first, ...rest] = chunksOf(rows);
      const call = {
        what: `create the dataset ${name}`,
        method: 'POST',
        path: '/v2/datasets',
        body: { name, space_id: await resolve.spaceId(space), examples: first?.rows ?? [] },
      } as const;
      const { data } = await transport.send(call, wireArizeDataset);
      if (rest.length > 0) await append(data.id, rows.slice(first?.rows.length));
      return get({ id: data.id });
    },

    /** Renames a dataset. */
    async update(dataset: ArizeName, changes: { readonly name: string }): Promise<Plain<ArizeDataset>> {
      const { name } = needObject('what to change as { name }', changes);
      const id = await resolve.datasetId(dataset);
      return plain(
        arizeDatasetFromWire(
          (
            await transport.send(
              { what: `rename the dataset ${id}`, method: 'PATCH', path: pathOf(id), body: { name } },
              wireArizeDataset,
            )
          ).data,
        ),
      );
    },

    async delete(dataset: ArizeName): Promise<void> {
      const id = await resolve.datasetId(dataset);
      await transport.done({ what: `delete the dataset ${id}`, method: 'DELETE', path: pathOf(id) });
    },

    /** The rows as they are, with `id`, `created_at` and `updated_at`: of the newest version, or of `versionId`. */
    listExamples(
      dataset: ArizeName,
      options: { readonly versionId?: string | undefined } = {},
    ): RemoteList<Plain<WireArizeExample>> {
      let id: Promise<string> | undefined;
      return createList(async (limit, cursor) => {
        const { versionId } = needObject('which examples to list as { versionId }', options);
        const route = examplesRoute(await (id ??= resolve.datasetId(dataset)), versionId);
        const page = await readArizePage(transport, route, cursor, limit);
        return { items: page.items.map((row) => plain(row)), nextCursor: page.nextCursor };
      }, 500);
    },

    appendExamples: async (
      dataset: ArizeName,
      examples: Iterable<Row>,
      options: { readonly versionId?: string | undefined } = {},
    ): Promise<ChangedExamples> => append(await resolve.datasetId(dataset), checkedRows(examples), options.versionId),

    /** Changes the rows of these ids in place, or as a version of its own name. Ids that AX does not know are given back: it says nothing of them. */
    async updateExamples(
      dataset: ArizeName,
      examples: Iterable<Row & { readonly id: string }>,
      options: { readonly versionId?: string | undefined; readonly newVersion?: string | undefined } = {},
    ): Promise<ChangedExamples & { readonly unknownExampleIds: readonly string[] }> {
      const id = await resolve.datasetId(dataset);
      const known = await idsOf(arizeItems(transport, examplesRoute(id, options.versionId)));
      const rows = [...needIterable('examples to update as a list of rows', examples)];
      let versionId = options.versionId ?? null;
      for (const { rows: chunk } of chunksOf(rows.filter((row) => known.has(row.id)))) {
        const body = {
          examples: chunk,
          ...(options.newVersion === undefined ? {} : { new_version: options.newVersion }),
        };
        const call = {
          what: 'update the examples',
          method: 'PATCH',
          path: `${pathOf(id)}/examples`,
          query: { dataset_version_id: options.versionId },
          body,
          idempotent: options.newVersion === undefined,
        } as const;
        versionId = (await transport.send(call, wireArizeExampleIds)).data.dataset_version_id ?? versionId;
      }
      const [found, unknown] = [rows.filter((row) => known.has(row.id)), rows.filter((row) => !known.has(row.id))];
      return {
        datasetId: id,
        versionId,
        exampleIds: found.map((row) => row.id),
        unknownExampleIds: unknown.map((row) => row.id),
      };
    },

    /** Deletes rows in place. What could not be deleted is given back. */
    async deleteExamples(
      dataset: ArizeName,
      exampleIds: readonly string[],
      options: { readonly versionId: string },
    ): Promise<{ readonly deleted: readonly string[]; readonly notDeleted: readonly string[] }> {
      const { versionId } = needObject('the version to delete from as { versionId }', options);
      const id = await resolve.datasetId(dataset);
      const result = { deleted: [] as string[], notDeleted: [] as string[] };
      for (const { rows } of chunksOf([...needIterable('the ids of examples as a list', exampleIds)])) {
        const call = {
          what: 'delete the examples',
          method: 'DELETE',
          path: `${pathOf(id)}/examples`,
          body: { dataset_version_id: versionId, example_ids: rows },
        } as const;
        const { data } = await transport.send(call, wireArizeDeletion);
        result.deleted.push(...data.deleted_example_ids);
        result.notDeleted.push(...data.not_deleted_example_ids);
      }
      return result;
    },

    /** Attaches annotations in requests of 1,000. Ids that AX does not know are given back: it says nothing of them. */
    async annotateExamples(dataset: ArizeName, annotations: readonly RecordAnnotation[]) {
      const id = await resolve.datasetId(dataset);
      return annotateRecords(
        transport,
        `${pathOf(id)}/examples/annotate`,
        annotations,
        await idsOf(arizeItems(transport, examplesRoute(id, undefined))),
      );
    },

    examplesRoute,
  };
}

export async function idsOf(items: AsyncIterable<{ readonly id: string }>): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const { id } of items) ids.add(id);
  return ids;
}

/** Rows that may be sent. @throws AssayError `invalid-input` with the row, which counts from 1. */
function checkedRows(examples: Iterable<Row>): Row[] {
  const rows = Array.from(needIterable('examples as a list of rows', examples), (row, index) => {
    const columns = Object.keys(needObject(`row ${index + 1} as an object`, row));
    const taken = columns.find((column) => ['id', 'created_at', 'updated_at'].includes(column));
    if (columns.length === 0)
      throw new AssayError('invalid-input', `Expected row ${index + 1} to have a column, got none`);
    if (taken !== undefined)
      throw new AssayError(
        'invalid-input',
        `Expected row ${index + 1} to have no column ${taken}, which Arize AX gives itself`,
      );
    return row;
  });
  if (rows.length === 0) throw new AssayError('invalid-input', 'Expected at least one row, got none');
  return rows;
}
