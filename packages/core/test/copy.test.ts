import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyOf, frozenCopyOf } from '../src/copy.ts';

class Point {
  x = 1;
  readonly inner = { y: 2 };
  get double(): number {
    return this.x * 2;
  }
}

test('copies any JSON, sharing no object with it', () => {
  const objectsOf = (value: unknown): object[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsOf)] : [];
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = copyOf(value);
      expect(copy).toStrictEqual(value);
      const originals = new Set(objectsOf(value));
      expect(objectsOf(copy).some((object) => originals.has(object))).toBe(false);
    }),
    { seed: 2 },
  );
});

test('keeps the class of an instance, and copies what it holds', () => {
  const original = new Point();
  const copy = copyOf(original);
  copy.x = 5;
  copy.inner.y = 9;
  expect(copy).toBeInstanceOf(Point);
  expect(copy.double).toBe(10);
  expect(original).toMatchObject({ x: 1, inner: { y: 2 } });
});

test('copies typed arrays, dates, maps and sets', () => {
  const original = { bytes: Uint8Array.of(1, 2), at: new Date(5), by: new Map([['a', 1]]), of: new Set([1]) };
  const copy = copyOf(original);
  copy.bytes[0] = 9;
  copy.at.setTime(9);
  copy.by.set('a', 9);
  copy.of.add(9);
  expect(original).toEqual({ bytes: Uint8Array.of(1, 2), at: new Date(5), by: new Map([['a', 1]]), of: new Set([1]) });
});

test('leaves an instance usable whose state cannot be seen', () => {
  expect(copyOf({ page: new URL('https://example.com/a') }).page.pathname).toBe('/a');
});

test('does not call the setters of a class', () => {
  class Guarded {
    constructor() {
      Object.defineProperty(this, 'name', { value: 'kept', enumerable: true });
    }
    set name(_: string) {
      throw new Error('called');
    }
  }
  expect(Object.entries(copyOf(new Guarded()))).toEqual([['name', 'kept']]);
});

test('keeps a key named __proto__ as a key', () => {
  const copy = copyOf(JSON.parse('{"__proto__":{"a":1}}') as object);
  expect(Object.keys(copy)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
});

test('copies a tree whose parts know their parents', () => {
  interface Node {
    name: string;
    parent: Node | null;
    children: Node[];
  }
  const root: Node = { name: 'root', parent: null, children: [] };
  root.children.push({ name: 'a', parent: root, children: [] }, { name: 'b', parent: root, children: [] });
  const copy = copyOf(root);
  expect(copy.children[1]?.parent).toBe(copy);
  expect(copy).not.toBe(root);
});

test('freezes what all calls share, down to the last part, and not the original', () => {
  const original = { a: { b: [1] } };
  const shared = frozenCopyOf(original);
  expect(() => shared.a.b.push(2)).toThrowError(TypeError);
  original.a.b.push(2);
  expect(shared.a.b).toEqual([1]);
});
