import type { z } from 'zod';
import type { Page } from '../phoenix/lists.ts';
import type { Call, Transport } from '../transport.ts';

interface Pagination {
  readonly pagination: { readonly has_more: boolean; readonly next_cursor?: string | null | undefined };
}

/** A list of Arize AX. */
export interface ArizeRoute<Answer extends Pagination, Item> {
  readonly what: string;
  readonly path: string;
  readonly query?: Call['query'];
  readonly shape: z.ZodType<Answer>;
  /** Items of a page, as many as the API gives. */
  readonly limit: number;
  items(answer: Answer): readonly Item[];
}

export async function readArizePage<Answer extends Pagination, Item>(
  transport: Transport,
  route: ArizeRoute<Answer, Item>,
  cursor: string | null,
  limit = route.limit,
): Promise<Page<Item>> {
  const query = { ...route.query, limit: Math.min(limit, route.limit), cursor };
  const { data } = await transport.send({ what: route.what, method: 'GET', path: route.path, query }, route.shape);
  const { has_more, next_cursor } = data.pagination;
  const next = has_more && next_cursor !== cursor ? next_cursor : null;
  return { items: route.items(data), nextCursor: next ?? null };
}

export async function* arizeItems<Answer extends Pagination, Item>(
  transport: Transport,
  route: ArizeRoute<Answer, Item>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await readArizePage(transport, route, cursor);
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Rows that fit into one request. */
export interface Chunk<Row> {
  readonly rows: readonly Row[];
  /** How many rows came before. */
  readonly before: number;
}

/** Cuts rows into requests of at most 1,000 rows and 7 MB, of the 8 MB that the API takes. */
export function chunksOf<Row>(rows: readonly Row[], maxRows = 1000, maxBytes = 7_000_000): Chunk<Row>[] {
  const chunks: { rows: Row[]; before: number }[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  rows.forEach((row, before) => {
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    const last = chunks.at(-1);
    if (last === undefined || last.rows.length === maxRows || bytes + size > maxBytes) {
      chunks.push({ rows: [row], before });
      bytes = size;
    } else {
      last.rows.push(row);
      bytes += size;
    }
  });
  return chunks;
}
