import { z } from 'zod';
import { listOf, wrong } from '../read-params.ts';
import { declined } from '../result.ts';

/** Something retrieved: its id, or an object that has one. */
export type RetrievedItem = string | number | { readonly id: string | number };

export interface CutOffOptions {
  /** Only the first `k` of the output count. Default: all. */
  readonly k?: number | undefined;
}

export const cutOff = { k: z.int().min(1).optional() };

/** What a retrieval metric says of a query to which nothing is relevant: as in trec_eval, such queries are left out. */
export const nothingRelevant = declined('Nothing is relevant to this example');

/** The ids in order, up to the cut-off. */
export function idsOf(name: string, items: unknown, k = Infinity): readonly (string | number)[] {
  return listOf(name, items)
    .slice(0, k)
    .map((item, index) => idOf(`${name}[${index}]`, item));
}

/** Which ranks hold a relevant item. One that is there again does not count again. */
export function relevantRanks(
  ids: readonly (string | number)[],
  relevant: ReadonlySet<string | number>,
): readonly boolean[] {
  const seen = new Set<string | number>();
  return ids.map((id) => {
    const counts = relevant.has(id) && !seen.has(id);
    seen.add(id);
    return counts;
  });
}

function idOf(name: string, item: unknown): string | number {
  const id: unknown = typeof item === 'object' && item !== null && 'id' in item ? item.id : item;
  if (typeof id !== 'string' && typeof id !== 'number') throw wrong(name, 'an id or an object with an id', item);
  return id;
}
