import type { z } from 'zod';
import type { Transport } from '../transport.ts';
import { wirePage } from '../wire/page.ts';

/** A list of Phoenix, page by page. */
export interface PagedRoute<Schema extends z.ZodType> {
  readonly what: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | null | undefined>>;
  readonly item: Schema;
  /** Items of a page at most. */
  readonly limit: number;
}

/** One page, and where the next one begins; `null` at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export async function readPage<Schema extends z.ZodType>(
  transport: Transport,
  route: PagedRoute<Schema>,
  cursor: string | null,
): Promise<Page<z.output<Schema>>> {
  const call = {
    what: route.what,
    method: 'GET',
    path: route.path,
    query: { ...route.query, limit: route.limit, cursor },
  } as const;
  const { data } = await transport.send(call, wirePage(route.item));
  const items: readonly z.output<Schema>[] = data.data;
  // A server that answers with the cursor it was asked for would be asked for ever.
  const next = data.next_cursor === cursor ? null : data.next_cursor;
  return { items, nextCursor: next === undefined || next === '' ? null : next };
}

export async function* pagesOf<Schema extends z.ZodType>(
  transport: Transport,
  route: PagedRoute<Schema>,
): AsyncGenerator<readonly z.output<Schema>[], void, undefined> {
  let cursor: string | null = null;
  do {
    const page: Page<z.output<Schema>> = await readPage(transport, route, cursor);
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Lines of a body as it arrives. Only a line feed ends a line: JSON may hold every other line break. */
export async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  { keepEmpty = false }: { readonly keepEmpty?: boolean } = {},
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const counts = (line: string): boolean => keepEmpty || line.trim() !== '';
  let rest = '';
  for await (const chunk of body) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter(counts);
  }
  rest += decoder.decode();
  if (rest !== '' && counts(rest)) yield rest;
}

/** Runs `work` over the items, at most `width` at once, and gives the results in order. */
export async function mapWide<T, U>(items: readonly T[], width: number, work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
