import { contentHash, createExampleIds, ownId } from './content-hash.ts';
import type { Example, ExampleDraft } from './dataset.ts';

/**
 * The values of an inline dataset that are more than JSON, by example id: a store gives back what JSON made of a typed
 * array or of an instance of a class, but the first run of a task gets what its user wrote. Empty for plain datasets and
 * for streams, which are not held.
 */
export function originalsOf(
  examples: readonly ExampleDraft[] | AsyncIterable<ExampleDraft>,
): ReadonlyMap<string, Partial<Example>> {
  if (Symbol.asyncIterator in examples) return new Map();
  if (examples.every(({ input, expected, metadata }) => isJson(input) && isJson(expected) && isJson(metadata)))
    return new Map();
  const idOf = createExampleIds();
  return new Map(
    examples.map((example) => {
      const { input, expected = null, metadata = {} } = example;
      return [
        ownId(example) ?? idOf(contentHash(example)),
        { input, expected, metadata: metadata as Example['metadata'] },
      ];
    }),
  );
}

function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
  if (Array.isArray(value)) return value.every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}
