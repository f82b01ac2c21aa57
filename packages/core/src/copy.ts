/**
 * A deep copy, so that a task that changes its input changes nothing for the next repetition. Plain JSON takes a fast
 * path; dates, maps, sets and typed arrays are structured clones; class instances keep their class; functions are shared.
 */
export function copyOf<T>(value: T): T {
  return copy(value, 0) as T;
}

/** A cycle is JSON's business to refuse; here it must only not recurse for ever. */
const deepest = 1000;

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return structuredClone(value);
  if (Array.isArray(value)) {
    const items: unknown[] = new Array(value.length);
    for (let index = 0; index < value.length; index += 1) items[index] = copy(value[index], depth + 1);
    return items;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && isPlatformObject(value)) return structuredClone(value);
  const target: Record<string, unknown> =
    prototype === Object.prototype ? {} : (Object.create(prototype as object | null) as Record<string, unknown>);
  for (const key of Object.keys(value)) {
    const field = copy((value as Readonly<Record<string, unknown>>)[key], depth + 1);
    // Assigning to `__proto__` would set the prototype instead.
    if (key === '__proto__') Object.defineProperty(target, key, { value: field, enumerable: true, writable: true, configurable: true });
    else target[key] = field;
  }
  return target;
}

function isPlatformObject(value: object): boolean {
  return ArrayBuffer.isView(value) || [ArrayBuffer, Date, Map, Set, RegExp, Error].some((type) => value instanceof type);
}
