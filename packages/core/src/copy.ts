/**
 * A deep copy, so that a task that changes its input changes nothing for the next repetition. Plain JSON takes a fast
 * path; dates, maps, sets and typed arrays are structured clones; class instances keep their class; functions are shared,
 * and so are instances that show nothing of what they hold, such as a `URL`.
 */
export function copyOf<T>(value: T): T {
  try {
    return copy(value, 0, null) as T;
  } catch (error) {
    if (error !== tooDeep) throw error;
    return copy(value, 0, new Map()) as T;
  }
}

/** A deep copy that nobody can change, of plain JSON: for what all calls share. */
export function frozenCopyOf<T>(value: T): T {
  return frozen(copyOf(value)) as T;
}

/** Deeper than this, a value is probably a circle, and what was copied is remembered. */
const deepest = 200;
const tooDeep = Symbol('too deep');

function copy(value: unknown, depth: number, copied: Map<object, unknown> | null): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (copied === null && depth > deepest) throw tooDeep;
  if (copied?.has(value) === true) return copied.get(value);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    copied?.set(value, items);
    for (const item of value) items.push(copy(item, depth + 1, copied));
    return items;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  if (!isPlain && isPlatformObject(value)) return structuredClone(value);
  const keys = Object.keys(value);
  if (!isPlain && keys.length === 0) return value;
  const target: Record<string, unknown> =
    prototype === Object.prototype ? {} : (Object.create(prototype as object | null) as Record<string, unknown>);
  copied?.set(value, target);
  for (const key of keys) {
    const field = copy((value as Readonly<Record<string, unknown>>)[key], depth + 1, copied);
    // Assigning to `__proto__` would set the prototype instead, and assigning to an accessor of the class would call it.
    if (key === '__proto__' || (!isPlain && key in target)) {
      Object.defineProperty(target, key, { value: field, enumerable: true, writable: true, configurable: true });
    } else target[key] = field;
  }
  return target;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

function isPlatformObject(value: object): boolean {
  return ArrayBuffer.isView(value) || [ArrayBuffer, Date, Map, Set, RegExp, Error].some((type) => value instanceof type);
}
