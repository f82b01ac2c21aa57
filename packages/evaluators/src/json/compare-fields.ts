import { pointerTo } from './read-json.ts';

/** A field in which two JSON values differ. */
export interface FieldDifference {
  /** A JSON Pointer; empty: the whole value. */
  readonly path: string;
  readonly kind: 'missing' | 'extra' | 'changed';
  readonly expected?: unknown;
  readonly output?: unknown;
}

interface Counts {
  total: number;
  equal: number;
}

/** How many fields two values have in all, how many are equal, and how they differ. */
export interface FieldComparison extends Readonly<Counts> {
  readonly differences: readonly FieldDifference[];
  /** The counts by top-level key; empty where the values are not both objects. */
  readonly byKey: ReadonlyMap<string, Readonly<Counts>>;
}

/** Compares two JSON values field by field. */
export function compareFields(
  output: unknown,
  expected: unknown,
  ignored: ReadonlySet<string>,
  tolerance: number,
): FieldComparison {
  const differences: FieldDifference[] = [];
  const all: Counts = { total: 0, equal: 0 };

  const count = (one: 'equal' | FieldDifference): void => {
    if (one !== 'equal') differences.push(one);
    all.total += 1;
    if (one === 'equal') all.equal += 1;
  };
  /** A field that only one side has counts with every value in it. */
  const oneSided = (path: string, kind: 'missing' | 'extra', value: unknown): void => {
    if (ignored.has(path)) return;
    const children = childrenOf(value);
    if (children === null || children.size === 0)
      return count(kind === 'missing' ? { path, kind, expected: value } : { path, kind, output: value });
    for (const [key, child] of children) oneSided(pointerTo(path, key), kind, child);
  };
  const both = (path: string, given: unknown, wanted: unknown): void => {
    if (ignored.has(path)) return;
    const [inGiven, inWanted] = [childrenOf(given), childrenOf(wanted)];
    const sameKind = inGiven !== null && inWanted !== null && Array.isArray(given) === Array.isArray(wanted);
    if (!sameKind || (inGiven.size === 0 && inWanted.size === 0)) {
      return count(
        sameKind || isEqual(given, wanted, tolerance)
          ? 'equal'
          : { path, kind: 'changed', expected: wanted, output: given },
      );
    }
    for (const [key, child] of inWanted) {
      if (inGiven.has(key)) both(pointerTo(path, key), inGiven.get(key), child);
      else oneSided(pointerTo(path, key), 'missing', child);
    }
    for (const [key, child] of inGiven) if (!inWanted.has(key)) oneSided(pointerTo(path, key), 'extra', child);
  };

  const byKey = new Map<string, Counts>();
  const [topGiven, topWanted] = [childrenOf(output), childrenOf(expected)];
  if (topGiven === null || topWanted === null || Array.isArray(output) || Array.isArray(expected)) {
    both('', output, expected);
    return { ...all, differences, byKey };
  }
  for (const key of new Set([...topWanted.keys(), ...topGiven.keys()])) {
    const before = { ...all };
    const path = pointerTo('', key);
    if (!topGiven.has(key)) oneSided(path, 'missing', topWanted.get(key));
    else if (!topWanted.has(key)) oneSided(path, 'extra', topGiven.get(key));
    else both(path, topGiven.get(key), topWanted.get(key));
    const counts = { total: all.total - before.total, equal: all.equal - before.equal };
    if (counts.total > 0) byKey.set(key, counts);
  }
  return { ...all, differences, byKey };
}

function childrenOf(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

function isEqual(given: unknown, wanted: unknown, tolerance: number): boolean {
  if (typeof given === 'number' && typeof wanted === 'number') return Math.abs(given - wanted) <= tolerance;
  return given === wanted;
}
