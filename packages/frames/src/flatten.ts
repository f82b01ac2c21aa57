import { boolColumn } from './column/bool.ts';
import type { FrameColumn } from './column/column.ts';
import { float64Column } from './column/number.ts';
import { TextColumn } from './column/text.ts';
import type { NamedColumn } from './frame-table.ts';

/** What the values under one key are: of one type in every row where it is there, or mixed, and then JSON text. */
type KeyKind = 'boolean' | 'float' | 'text' | 'json';

/** The keys of a column of objects, in order of first appearance. */
export type FlattenShape = ReadonlyMap<string, KeyKind>;

/**
 * Learns whether the values of a column are all objects, and their keys.
 *
 * Meet every value, then ask for the `shape`.
 */
export class FlattenScan {
  readonly #keys = new Map<string, KeyKind>();
  #isFlat = true;

  meet(value: unknown): void {
    if (value === null || value === undefined || !this.#isFlat) return;
    if (!isObject(value)) {
      this.#isFlat = false;
      return;
    }
    for (const [key, part] of Object.entries(value)) {
      if (part === null || part === undefined) continue;
      const kind = kindOf(part);
      const known = this.#keys.get(key);
      this.#keys.set(key, known === undefined || known === kind ? kind : 'json');
    }
  }

  /** `null` when the column stays as it is: a value that is no object, or no key with a value. */
  get shape(): FlattenShape | null {
    return this.#isFlat && this.#keys.size > 0 ? this.#keys : null;
  }
}

/** The columns `NAME.KEY` that stand for a column of objects, given as JSON text. */
export function flattenColumn(name: string, objects: TextColumn, shape: FlattenShape): NamedColumn[] {
  const columns = [...shape].map(([key, kind]) => ({
    key,
    kind,
    values: new Array<unknown>(objects.length).fill(null),
  }));
  for (let row = 0; row < objects.length; row++) {
    const text = objects.at(row);
    if (text === null) continue;
    const value = new Map<string, unknown>(Object.entries(JSON.parse(text)));
    for (const { key, values } of columns) values[row] = value.get(key) ?? null;
  }
  return columns.map(({ key, kind, values }) => [`${name}.${key}`, columnOfKind(values, kind)]);
}

function columnOfKind(values: readonly unknown[], kind: KeyKind): FrameColumn<unknown> {
  switch (kind) {
    case 'boolean':
      return boolColumn(values.map((value) => (typeof value === 'boolean' ? value : null)));
    case 'float':
      return float64Column(Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN)));
    case 'text':
      return new TextColumn([{ texts: values.map((value) => (typeof value === 'string' ? value : null)) }]);
    case 'json':
      return new TextColumn([{ texts: values.map((value) => (value === null ? null : JSON.stringify(value))) }]);
  }
}

function kindOf(value: unknown): KeyKind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'float';
  return typeof value === 'string' ? 'text' : 'json';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
