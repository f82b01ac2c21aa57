import { createContentName, createExampleIds } from './content-hash.ts';
import type { DatasetDraft, DatasetInfo, DatasetPin, DatasetVersion, Example, Split } from './dataset.ts';
import { AssayError } from './errors.ts';
import { needReference, needIterable, needObject } from './given.ts';
import { sameIdTwice } from './stored-example.ts';
import type { StoredExample } from './stored-example.ts';
import { jsonObjectText, storedName, storedText } from './stored-record.ts';

/** A dataset as the memory store holds it. */
export interface MemoryDataset {
  readonly id: string;
  name: string;
  description: string | null;
  /** JSON. */
  metadata: string;
  readonly createdAt: number;
  updatedAt: number;
  /** Oldest first; never empty, once it is saved. */
  readonly versions: MemoryVersion[];
  /** Where an example stands, for good: also of one that was deleted and may come back. */
  readonly positions: Map<string, number>;
  /** Current membership: example ids by the name of the split. */
  readonly splits: Map<string, Set<string>>;
  /** The names of all splits: they are shared by all datasets. */
  readonly knownSplits: ReadonlyMap<string, unknown>;
}

interface MemoryVersion {
  readonly id: string;
  readonly createdAt: number;
  /** In dataset order. */
  readonly examples: ReadonlyMap<string, MemoryExample>;
}

/** The content of an example. Never changed: versions share it. */
export interface MemoryExample {
  readonly id: string;
  readonly content: StoredExample;
}

/** The datasets of a memory store. */
export function createMemoryDatasets(newId: (type: string) => string) {
  const byId = new Map<string, MemoryDataset>();
  const splits = new Map<string, { readonly id: string; description: string | null }>();

  function find(reference: { readonly id: string } | { readonly name: string }): MemoryDataset {
    const ref = needReference('a dataset as { id } or { name }', reference);
    const found = 'id' in ref ? byId.get(ref.id) : byName(ref.name);
    if (!found)
      throw new AssayError(
        'not-found',
        'id' in ref ? `No dataset has the id ${ref.id}` : `No dataset is named ${ref.name}`,
      );
    return found;
  }

  function byName(name: string): MemoryDataset | undefined {
    return [...byId.values()].find((dataset) => dataset.name === name.trim());
  }

  /** Keeps a whole draft, whose examples are at hand. */
  function save(draft: Omit<DatasetDraft, 'examples'> & { readonly examples: Iterable<StoredExample> }): DatasetInfo {
    const incoming = checkExamples(draft.examples);
    const name = draft.name === null ? contentName(incoming) : storedName(draft.name, 'the name of a dataset');
    const metadata =
      draft.metadata === undefined ? undefined : jsonObjectText(draft.metadata, 'the metadata of a dataset');
    const standing = byName(name);
    // Content that nobody named has the same id in every memory store, so that two runs over one array can be compared.
    const dataset = standing ?? create(name, draft.name === null ? name : newId('dataset'));
    if (draft.description !== undefined) dataset.description = storedText(draft.description);
    if (metadata !== undefined) dataset.metadata = metadata;
    publish(dataset, incoming, new Map());
    return infoOf(dataset, newestOf(dataset), null);
  }

  function append(datasetId: string, examples: Iterable<StoredExample>): DatasetInfo {
    const dataset = find({ id: datasetId });
    publish(dataset, checkExamples(examples), newestOf(dataset).examples);
    return infoOf(dataset, newestOf(dataset), null);
  }

  function create(name: string, id: string): MemoryDataset {
    const now = Date.now();
    const dataset: MemoryDataset = {
      id,
      name,
      description: null,
      metadata: '{}',
      createdAt: now,
      updatedAt: now,
      versions: [],
      positions: new Map(),
      splits: new Map(),
      knownSplits: splits,
    };
    byId.set(dataset.id, dataset);
    return dataset;
  }

  function publish(
    dataset: MemoryDataset,
    incoming: readonly MemoryExample[],
    kept: ReadonlyMap<string, MemoryExample>,
  ): void {
    for (const { id } of incoming) if (!dataset.positions.has(id)) dataset.positions.set(id, dataset.positions.size);
    for (const { id, content } of incoming) if (content.splits) assign(dataset, id, content.splits);

    const newest = dataset.versions.at(-1);
    const next = new Map(kept);
    for (const example of incoming) next.set(example.id, example);
    const isUnchanged =
      next.size === newest?.examples.size &&
      [...next.values()].every(({ id, content }) => isSame(newest.examples.get(id)?.content, content));
    if (isUnchanged) return;

    const examples = [...next.entries()].sort(([a], [b]) => positionIn(dataset, a) - positionIn(dataset, b));
    dataset.updatedAt = Date.now();
    const isContentOfName = dataset.id === dataset.name && dataset.versions.length === 0;
    const id = isContentOfName ? `${dataset.id}-1` : newId('version');
    dataset.versions.push({ id, createdAt: dataset.updatedAt, examples: new Map(examples) });
  }

  function assign(dataset: MemoryDataset, exampleId: string, names: readonly string[]): void {
    for (const [name, members] of dataset.splits) if (!names.includes(name)) members.delete(exampleId);
    for (const name of names) membersOf(dataset, name).add(exampleId);
  }

  function membersOf(dataset: MemoryDataset, name: string): Set<string> {
    if (!splits.has(name)) splits.set(name, { id: newId('split'), description: null });
    const members = dataset.splits.get(name) ?? new Set();
    dataset.splits.set(name, members);
    return members;
  }

  function saveSplit(draft: {
    datasetId: string;
    name: string;
    description?: string | null | undefined;
    exampleIds: readonly string[];
  }): Split {
    const dataset = find({ id: needObject('a split as { datasetId, name, exampleIds }', draft).datasetId });
    const name = storedName(draft.name, 'the name of a split');
    const { examples } = newestOf(dataset);
    const exampleIds = [...needIterable('the ids of the examples of a split as a list', draft.exampleIds)];
    const unknown = exampleIds.find((id) => !examples.has(id));
    if (unknown !== undefined) throw new AssayError('not-found', `Dataset ${dataset.name} has no example ${unknown}`);
    const members = membersOf(dataset, name);
    members.clear();
    for (const id of exampleIds) members.add(id);
    const split = splits.get(name)!;
    if (draft.description !== undefined) split.description = storedText(draft.description);
    return { id: split.id, name, description: split.description, exampleCount: members.size };
  }

  function remove(datasetId: string): void {
    byId.delete(find({ id: datasetId }).id);
  }

  return { find, byName, save, append, saveSplit, remove, all: () => [...byId.values()].reverse() };
}

/** The content of a version, limited to splits. @throws AssayError `not-found`. */
export function pinnedExamples(dataset: MemoryDataset, pin: Omit<DatasetPin, 'datasetId'>): readonly MemoryExample[] {
  const examples = [...versionOf(dataset, pin.versionId).examples.values()];
  const splits = splitFilter(pin.splits);
  if (splits === null) return examples;
  const members = splits.map((name) => {
    if (!dataset.knownSplits.has(name)) throw new AssayError('not-found', `No split is named ${JSON.stringify(name)}`);
    return dataset.splits.get(name);
  });
  return examples.filter(({ id }) => members.some((ids) => ids?.has(id)));
}

/** The splits to limit to; `null`, as for an empty list: no limit. */
export function splitFilter(splits: readonly string[] | null | undefined): readonly string[] | null {
  return splits && splits.length > 0 ? splits.map((name) => storedName(name, 'the name of a split')) : null;
}

/** @throws AssayError `not-found`. */
export function versionOf(dataset: MemoryDataset, versionId: string): MemoryVersion {
  const version = dataset.versions.find(({ id }) => id === versionId);
  if (!version) throw new AssayError('not-found', `Dataset ${dataset.name} has no version ${versionId}`);
  return version;
}

export function newestOf(dataset: MemoryDataset): MemoryVersion {
  return dataset.versions.at(-1)!;
}

export function exampleOf(dataset: MemoryDataset, example: MemoryExample): Example {
  const names = [...dataset.splits].filter(([, members]) => members.has(example.id)).map(([name]) => name);
  return {
    id: example.id,
    input: JSON.parse(example.content.input),
    expected: JSON.parse(example.content.expected),
    metadata: JSON.parse(example.content.metadata),
    splits: names.sort(),
  };
}

export function infoOf(dataset: MemoryDataset, version: MemoryVersion, splits: readonly string[] | null): DatasetInfo {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description,
    metadata: JSON.parse(dataset.metadata),
    versionId: version.id,
    splits,
    exampleCount:
      splits === null ? version.examples.size : pinnedExamples(dataset, { versionId: version.id, splits }).length,
    createdAt: new Date(dataset.createdAt),
    updatedAt: new Date(dataset.updatedAt),
  };
}

export function versionInfoOf(dataset: MemoryDataset, { id, createdAt }: MemoryVersion): DatasetVersion {
  return { id, datasetId: dataset.id, description: null, metadata: {}, createdAt: new Date(createdAt) };
}

function positionIn(dataset: MemoryDataset, exampleId: string): number {
  return dataset.positions.get(exampleId) ?? 0;
}

function contentName(examples: readonly MemoryExample[]): string {
  const content = createContentName();
  for (const example of examples) content.add(example.id, example.content.hash);
  return content.name();
}

function checkExamples(examples: Iterable<StoredExample>): MemoryExample[] {
  const idOf = createExampleIds();
  const positions = new Map<string, number>();
  return Array.from(examples, (content, index) => {
    const id = content.ownId ?? idOf(content.hash);
    const first = positions.get(id);
    if (first !== undefined) throw sameIdTwice(id, first, index + 1);
    positions.set(id, index + 1);
    return { id, content };
  });
}

/** Whether two examples say the same. Equal text is the common case, and saves the hashing. */
function isSame(a: StoredExample | undefined, b: StoredExample): boolean {
  if (a === undefined) return false;
  return (a.input === b.input && a.expected === b.expected && a.metadata === b.metadata) || a.hash === b.hash;
}
