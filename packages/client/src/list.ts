import type { Page } from './phoenix/lists.ts';

export type { Page };

/** One page to ask for. */
export interface PageRequest {
  /** Items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

/** A list on a server: read in a loop it fetches page after page; `page` gives one, for a caller that pages itself. */
export interface RemoteList<T> extends AsyncIterable<T> {
  page(request?: PageRequest): Promise<Page<T>>;
  /** All of it. */
  toArray(): Promise<T[]>;
}

/** Makes a list of a way to read one page of it. */
export function createList<T>(
  readPage: (limit: number, cursor: string | null) => Promise<Page<T>>,
  pageSize: number,
): RemoteList<T> {
  async function* items(): AsyncGenerator<T, void, undefined> {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await readPage(pageSize, cursor);
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  return {
    [Symbol.asyncIterator]: items,
    page: ({ limit = pageSize, cursor = null } = {}) => readPage(limit, cursor),
    async toArray() {
      const all: T[] = [];
      for await (const item of items()) all.push(item);
      return all;
    },
  };
}
