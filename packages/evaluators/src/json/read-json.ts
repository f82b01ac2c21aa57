import { messageOf } from '@assay/core';

/** A value as it is, or the JSON of a text. */
export type ReadJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

/** Parses texts; anything else is taken as it is. */
export function readJson(value: unknown, parse = true): ReadJson {
  if (typeof value !== 'string' || !parse) return { ok: true, value };
  try {
    return { ok: true, value: JSON.parse(value) as unknown };
  } catch (error) {
    return { ok: false, error: messageOf(error) };
  }
}

/** A key after a JSON Pointer (RFC 6901). */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
