/** Rows of one answer of the database. A page is read whole, so no list holds the database open while it is looped over. */
export const pageSize = 1_000;

/**
 * Everything that `read` gives, page by page, in the order of its key: what is saved in the meantime neither repeats nor
 * hides a row that was there.
 *
 * @param read - Gives the rows after `last`; fewer than a page when they are the last.
 */
export async function* pages<Row, Record>(
  read: (last: Row | undefined) => Promise<readonly Row[]>,
  recordOf: (row: Row) => Record,
): AsyncIterable<Record> {
  for (let last: Row | undefined; ;) {
    const page = await read(last);
    for (const row of page) yield recordOf(row);
    if (page.length < pageSize) return;
    last = page.at(-1);
  }
}

/** Pages of rows that are listed from the newest down. */
export function newestFirst<Row extends { readonly id: number }, Record>(
  read: (before: number) => Promise<readonly Row[]>,
  recordOf: (row: Row) => Record,
): AsyncIterable<Record> {
  return pages((last: Row | undefined) => read(last?.id ?? Number.MAX_SAFE_INTEGER), recordOf);
}
