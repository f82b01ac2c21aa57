import { z } from 'zod';

/** `{ data }`: what most routes answer with. */
export function wireData<Schema extends z.ZodType>(data: Schema) {
  return z.object({ data });
}

/** `{ data: […], next_cursor }`: one page of a list. The cursor is the id of the first item of the next page. */
export function wirePage<Schema extends z.ZodType>(item: Schema) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullish() });
}

/** What a write answers with when it made or changed one thing. */
export const wireId = wireData(z.object({ id: z.string() }));
