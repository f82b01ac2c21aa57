import { z } from '@hono/zod-openapi';
import type { Api } from '../api.ts';
import { listRecords } from '../experiment-records.ts';
import type { ExperimentRecord } from '../experiment-records.ts';
import { Failure } from '../failure.ts';
import { checkCursor, checkId } from '../node-id.ts';
import { isColumn, matches, rowOf, sortKey } from '../record-rows.ts';
import type { RowFilter } from '../record-rows.ts';
import { cursor, finite, jsonObject, limit, pageOf } from '../schemas.ts';
import type { Services } from './services.ts';

const query = z.object({
  status: z.enum(['ok', 'failed']).optional().openapi({ description: 'Of the run' }),
  evaluator: z
    .string()
    .optional()
    .openapi({ description: 'Whose result `label`, `min_score` and `max_score` are about; alone: that there is one' }),
  label: z.string().optional(),
  min_score: finite.optional(),
  max_score: finite.optional(),
  text: z
    .string()
    .optional()
    .openapi({ description: 'In the input, the expected answer, the output or the error, in any case' }),
  split: z.string().optional(),
  sort: z
    .string()
    .optional()
    .openapi({ description: 'A column such as `latency_ms` or `eval.NAME.score`; `-` before it: the greatest first' }),
  cursor,
  limit: limit(100, 1_000),
});

/** Rows of the runs frame, for people who look for the interesting ones. */
export function addRowRoutes(api: Api, { store }: Services): void {
  api.add(
    {
      method: 'get',
      path: '/v1/experiments/{experiment_id}/rows',
      summary: 'List runs with their examples and evaluations as rows of the runs frame, filtered and sorted',
      tag: 'Analysis',
      query,
      answer: pageOf(jsonObject),
      failures: [404],
    },
    async ({ params, query: { sort, cursor: given, limit: size, ...filter } }) => {
      const id = checkId('Experiment', params.experiment_id);
      await store.getExperiment(id);
      checkFilter(filter);
      if (sort) checkSort(sort);
      const from = checkCursor('ExperimentRun', given);
      const records = () => listRecords(store, id);
      const { page, next } = sort
        ? await sortedPage(records, filter, sort, from, size)
        : await pageInOrder(records(), filter, from, size);
      return { data: page.map(rowOf), next_cursor: next };
    },
  );
}

interface RecordPage {
  readonly page: readonly ExperimentRecord[];
  readonly next: string | null;
}

async function pageInOrder(
  records: AsyncIterable<ExperimentRecord>,
  filter: RowFilter,
  from: string | undefined,
  size: number,
): Promise<RecordPage> {
  const page: ExperimentRecord[] = [];
  let isReached = from === undefined;
  for await (const record of records) {
    isReached ||= record.run.id === from;
    if (!isReached || !matches(record, filter)) continue;
    if (page.length === size) return { page, next: record.run.id };
    page.push(record);
  }
  return { page, next: null };
}

/** Reads twice: first the keys to sort by, then the records of the page, so that no more than a page is in memory. */
async function sortedPage(
  records: () => AsyncIterable<ExperimentRecord>,
  filter: RowFilter,
  sort: string,
  from: string | undefined,
  size: number,
): Promise<RecordPage> {
  const keys: { readonly id: string; readonly key: number | string | null }[] = [];
  const column = columnOf(sort);
  for await (const record of records()) {
    if (matches(record, filter)) keys.push({ id: record.run.id, key: sortKey(record, column) });
  }
  const direction = sort.startsWith('-') ? -1 : 1;
  // What is not known comes last, whichever way.
  keys.sort((a, b) => Number(a.key === null) - Number(b.key === null) || direction * order(a.key, b.key));
  const start =
    from === undefined
      ? 0
      : Math.max(
          0,
          keys.findIndex(({ id }) => id === from),
        );
  const ids = keys.slice(start, start + size).map(({ id }) => id);
  const wanted = new Map(ids.map((id, place) => [id, place]));
  const page: ExperimentRecord[] = [];
  for await (const record of records()) {
    const place = wanted.get(record.run.id);
    if (place !== undefined) page[place] = record;
  }
  return { page: page.filter((record) => record !== undefined), next: keys[start + size]?.id ?? null };
}

function order(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null || a === b) return 0;
  return a < b ? -1 : 1;
}

function columnOf(sort: string): string {
  return sort.replace(/^-/, '');
}

function checkSort(sort: string): void {
  if (!isColumn(columnOf(sort)))
    throw new Failure(
      422,
      `Expected sort to be a column such as latency_ms or eval.NAME.score, got ${JSON.stringify(columnOf(sort))}`,
    );
}

function checkFilter({ evaluator, label, min_score, max_score }: RowFilter): void {
  if (evaluator === undefined && (label ?? min_score ?? max_score) !== undefined)
    throw new Failure(422, 'Expected evaluator to be given with label, min_score and max_score');
}
