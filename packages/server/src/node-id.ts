import { readGlobalId } from '@assay/store';
import type { GlobalType } from '@assay/store';
import { Failure } from './failure.ts';

/**
 * Checks an id of a request.
 *
 * @throws Failure 422 when it is no id, 404 when it is one of another kind of thing.
 */
export function checkId(type: GlobalType, id: string): string {
  const read = readGlobalId(id);
  if (!read) throw new Failure(422, `Expected the id of ${withArticle(type)}, got ${JSON.stringify(id)}`);
  if (read.type !== type)
    throw new Failure(404, `No ${type} has the id ${JSON.stringify(id)}: it is the id of ${withArticle(read.type)}`);
  return id;
}

/** Checks a cursor, which is an id too. An empty one counts as none. @throws Failure 422. */
export function checkCursor(type: GlobalType, cursor: string | undefined): string | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  if (readGlobalId(cursor)?.type === type) return cursor;
  throw new Failure(422, `Expected cursor to be the id of ${withArticle(type)}, got ${JSON.stringify(cursor)}`);
}

function withArticle(type: string): string {
  return `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;
}
