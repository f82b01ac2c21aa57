import { z } from '@hono/zod-openapi';
import { instant } from '@assay/client/wire';

/** Text that every database can hold: PostgreSQL has no NUL. */
export const text = z.string().refine((value) => !value.includes('\0'), 'must not hold a NUL character');

/** Text with something in it. */
export const filledText = text.refine((value) => value.trim() !== '', 'must not be empty');

/** Any JSON. The schema is given by hand, as the one that refers to itself breaks generators of clients. */
export const jsonValue = z
  .custom<unknown>((value) => value !== undefined, 'Field required')
  .openapi('JsonValue', {
    description: 'Any JSON value',
    type: ['object', 'array', 'string', 'number', 'boolean', 'null'],
  });

export type JsonObject = Readonly<Record<string, unknown>>;

export const jsonObject = z
  .custom<JsonObject>(isJsonObject, 'must be an object')
  .openapi('JsonObject', { type: 'object', additionalProperties: true });

/** A time with or without an offset; without one it is UTC. */
export const time = z
  .string()
  .pipe(instant)
  .openapi({ type: 'string', format: 'date-time', description: 'ISO 8601; without an offset it is UTC' });

/** A time as it is answered. */
export const instantText = z.string().openapi({ format: 'date-time' });

/** A score as clients send it: some write a boolean, or a number as text. */
export const finite = z
  .union([
    z.number(),
    z.boolean(),
    z.string().regex(/^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/, 'must be a number'),
  ])
  .transform(Number)
  .refine(Number.isFinite, 'must be finite')
  .openapi({ type: 'number', description: 'Finite; a boolean counts as 0 or 1' });

/** How many items a page has. */
export const limit = (usual: number, most = 1_000_000) =>
  z.coerce.number().int().positive().max(most).default(usual).openapi({ type: 'integer', minimum: 1, default: usual });

export const cursor = z
  .string()
  .optional()
  .openapi({ description: 'The `next_cursor` of the page before: the id of the first item of this one' });

/** `{ data }`. */
export function dataOf<Schema extends z.ZodType>(data: Schema) {
  return z.object({ data });
}

/** `{ data: […], next_cursor }`. */
export function pageOf<Schema extends z.ZodType>(item: Schema) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
