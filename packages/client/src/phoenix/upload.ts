import { type createContentName, readExamples, sameIdTwice } from '@assay/core';
import type { DatasetDraft, StoredExample } from '@assay/core';
import type { WireExample } from '../wire/dataset.ts';
import { expectedToWire, type JsonObject, valueToWire } from '../wire/value.ts';
import type { UploadBody } from './api-uploads.ts';
import { exampleFromWire } from './records.ts';

type ContentName = ReturnType<typeof createContentName>;

/** An example with the id that the user gave, or that its content gives. */
export type IdentifiedExample = Omit<StoredExample, 'ownId' | 'hash'> & { readonly id: string };

/**
 * Reads all examples of a draft.
 *
 * @param content - Is told of each, for the name of a dataset without one.
 * @throws AssayError `invalid-config` when two have the same id.
 */
export async function identified(
  drafts: DatasetDraft['examples'],
  content?: ContentName,
): Promise<IdentifiedExample[]> {
  const positions = new Map<string, number>();
  const rows = new Map<string, number>();
  const examples: IdentifiedExample[] = [];
  for await (const stored of readExamples(drafts)) {
    const id = stored.ownId ?? numbered(stored.hash.slice(0, 16), rows);
    const first = positions.get(id);
    if (first !== undefined) throw sameIdTwice(id, first, examples.length + 1);
    positions.set(id, examples.length + 1);
    // The hash is made when it is asked for, and mostly nobody asks.
    content?.add(id, stored.hash);
    examples.push({
      id,
      input: stored.input,
      expected: stored.expected,
      metadata: stored.metadata,
      splits: stored.splits,
    });
  }
  return examples;
}

/** The id, with `-2`, `-3`, … when it came before. */
function numbered(id: string, seen: Map<string, number>): string {
  const count = (seen.get(id) ?? 0) + 1;
  seen.set(id, count);
  return count === 1 ? id : `${id}-${count}`;
}

/** @param kept - The splits that examples without any given are in, and stay in. */
export function uploadOf(
  action: UploadBody['action'],
  name: string,
  examples: readonly IdentifiedExample[],
  kept: ReadonlyMap<string, readonly string[]>,
): UploadBody {
  const hasSplits = examples.some(({ splits }) => splits !== undefined);
  return {
    action,
    name,
    inputs: examples.map(({ input }) => valueToWire(JSON.parse(input))),
    outputs: examples.map(({ expected }) => expectedToWire(JSON.parse(expected))),
    metadata: examples.map(({ metadata }) => JSON.parse(metadata) as JsonObject),
    example_ids: examples.map(({ id }) => id),
    // Left out, every example stays where it is.
    ...(hasSplits ? { splits: examples.map(({ id, splits }) => splits ?? kept.get(id) ?? []) } : {}),
  };
}

/** An example of the wire, to be uploaded again. */
export function storedOf(example: WireExample): IdentifiedExample {
  return {
    id: example.id,
    input: JSON.stringify(exampleFromWire(example).input),
    expected: JSON.stringify(exampleFromWire(example).expected),
    metadata: JSON.stringify(example.metadata ?? {}),
    splits: example.splits ?? [],
  };
}

/** What runs refer to an example by. */
export function nodeIdOf({ id, node_id }: WireExample): string {
  return node_id ?? id;
}
