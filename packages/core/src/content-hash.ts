import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import type { ExampleDraft } from './dataset.ts';
import { AssayError } from './errors.ts';
import { needObject } from './given.ts';
import { jsonText, wellFormed, wholeText } from './stored-record.ts';

/**
 * What an example says, as 64 hex digits: SHA-256 of the canonical JSON (RFC 8785) of its input, metadata and expected
 * answer. Two examples with equal content have the same hash, whatever the order of their keys.
 *
 * @throws AssayError `invalid-input` when the example is not JSON.
 *
 * @example
 * ```ts
 * import { contentHash } from '@assay/core';
 *
 * contentHash({ input: { b: 1, a: 2 } }) === contentHash({ input: { a: 2, b: 1 }, expected: null, metadata: {} }); // true
 * ```
 */
export function contentHash(example: Pick<ExampleDraft, 'input' | 'expected' | 'metadata'>): string {
  const { input, expected = null, metadata = {} } = needObject('an example to hash', example);
  return sha256Hex(canonicalJson({ input, metadata, output: expected }));
}

/** The same of an example whose parts are JSON text, as `JSON.stringify` wrote it: most of it is canonical as it stands. */
export function contentHashOfTexts(texts: {
  readonly input: string;
  readonly expected: string;
  readonly metadata: string;
}): string {
  const { input, expected, metadata } = texts;
  return sha256Hex(
    `{"input":${canonicalText(input)},"metadata":${canonicalText(metadata)},"output":${canonicalText(expected)}}`,
  );
}

/**
 * Gives ids to the examples of a dataset that have none, in the order they come: the first 16 hex digits of the content
 * hash, with `-2`, `-3`, … when the same content came before.
 *
 * @returns A function of the content hash. It counts equal rows from its first call, so make one for each dataset.
 */
export function createExampleIds(): (hash: string) => string {
  const seen = new Map<string, number>();

  return (hash) => {
    const id = hash.slice(0, 16);
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}-${count}`;
  };
}

/** The id that the user gave an example; `null` when there is none. A blank one counts as none. @throws AssayError `invalid-config` when it is not text, `invalid-input` when it is not whole. */
export function ownId(example: ExampleDraft): string | null {
  const id: unknown = example.id;
  if (id === undefined || id === null) return null;
  if (typeof id !== 'string')
    throw new AssayError('invalid-config', `Expected the id of an example to be text, got a ${typeof id}`);
  return id.trim() === '' ? null : wholeText(id, 'the id of an example');
}

/** Names a dataset that has no name by its content: `inline-` and 8 hex digits, the same for the same examples. */
export interface ContentName {
  add(exampleId: string, hash: string): void;
  name(): string;
}

/** Starts the name of a dataset without one. Examples are added in dataset order. Of a hash, 32 hex digits count: stores keep no more. */
export function createContentName(): ContentName {
  const content = sha256.create();
  return {
    add: (exampleId, hash) => void content.update(encoder.encode(`${JSON.stringify(exampleId)}${hash.slice(0, 32)}`)),
    name: () => `inline-${bytesToHex(content.digest()).slice(0, 8)}`,
  };
}

function canonicalJson(value: unknown): string {
  if (isCanonical(value)) return JSON.stringify(value);
  try {
    const text = canonicalize(value);
    if (text !== undefined) return text;
  } catch {
    // RFC 8785 has no NaN and no half of a surrogate pair; JSON.stringify, which writes what is stored, has an answer
    // for both. The hash must be of what is stored.
  }
  const stored: unknown = JSON.parse(jsonText(value, 'an example'), (_key, part: unknown) =>
    typeof part === 'string' ? wellFormed(part) : part,
  );
  return canonicalize(stored) ?? 'null';
}

function canonicalText(text: string): string {
  if (text === 'null' || text === '{}') return text;
  const value: unknown = JSON.parse(text);
  return isCanonical(value) ? text : canonicalJson(value);
}

/** Whether JSON.stringify writes a value as RFC 8785 asks: plain, with keys in order and whole text. Most rows are so. */
function isCanonical(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'boolean';
  if (value === null) return true;
  if (Array.isArray(value)) return value.every(isCanonical);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  let last = '';
  for (const [key, field] of Object.entries(value)) {
    if (key < last || key === 'toJSON' || !key.isWellFormed() || !isCanonical(field)) return false;
    last = key;
  }
  return true;
}

const encoder = new TextEncoder();

function sha256Hex(text: string): string {
  return bytesToHex(sha256(encoder.encode(text)));
}
