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
    const items: unknown[] = value.slice();
    copied?.set(value, items);
    for (let index = 0; index < items.length; index += 1) items[index] = copy(items[index], depth + 1, copied);
    return items;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return copyFields(value, { ...value }, depth, copied);
  if (prototype !== null && isPlatformObject(value)) return structuredClone(value);
  if (prototype !== null && Object.keys(value).length === 0) return value;
  const target = Object.create(prototype as object | null) as Record<string, unknown>;
  for (const [key, field] of Object.entries(value)) {
    // Assigning would call an accessor of the class, or set the prototype.
    Object.defineProperty(target, key, { value: field, enumerable: true, writable: true, configurable: true });
  }
  return copyFields(value, target, depth, copied);
}

/** Replaces what a shallow copy shares with its original. Its fields are its own, so assigning reaches no accessor. */
function copyFields(
  original: object,
  target: Record<string, unknown>,
  depth: number,
  copied: Map<object, unknown> | null,
): unknown {
  copied?.set(original, target);
  for (const key of Object.keys(target)) {
    const field = target[key];
    if (typeof field === 'object' && field !== null) target[key] = copy(field, depth + 1, copied);
  }
  return target;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

function isPlatformObject(value: object): boolean {
  return (
    ArrayBuffer.isView(value) || [ArrayBuffer, Date, Map, Set, RegExp, Error].some((type) => value instanceof type)
  );
}
