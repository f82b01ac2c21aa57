/** A record with `toJSON`, which gives it as plain JSON: times as text. */
export type Plain<T> = T & { toJSON(): Readonly<Record<string, unknown>> };

/** Gives a record a `toJSON` that neither shows nor counts as a field of it. */
export function plain<T extends object>(record: T): Plain<T> {
  const toJSON = (): unknown => JSON.parse(JSON.stringify({ ...record }));
  return Object.defineProperty(record, 'toJSON', { value: toJSON, enumerable: false, configurable: true }) as Plain<T>;
}
