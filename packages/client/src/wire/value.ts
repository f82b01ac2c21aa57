/** The key under which a value that is no object travels where Phoenix takes objects only. */
const valueKey = 'assay.value';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A value as Phoenix takes it, which is as an object: an object as it is, anything else as `{ "assay.value": value }`.
 * An object with that key alone is wrapped as well, so that `valueFromWire` gives every value back as it was.
 */
export function valueToWire(value: unknown): JsonObject {
  return isObject(value) && !isWrapped(value) ? value : { [valueKey]: value };
}

/** The value that `valueToWire` was given. */
export function valueFromWire(value: JsonObject): unknown {
  return isWrapped(value) ? value[valueKey] : value;
}

/** A reference answer: `{}`, which is what Phoenix keeps for none, stands for `null`, and `{}` itself is wrapped. */
export function expectedToWire(expected: unknown): JsonObject {
  if (expected === null || expected === undefined) return {};
  const isEmpty = isObject(expected) && Object.keys(expected).length === 0;
  return isEmpty ? { [valueKey]: expected } : valueToWire(expected);
}

/** The reference answer that `expectedToWire` was given. */
export function expectedFromWire(expected: JsonObject): unknown {
  return Object.keys(expected).length === 0 ? null : valueFromWire(expected);
}

function isWrapped(value: JsonObject): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === valueKey;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
