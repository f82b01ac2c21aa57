import { AssayError, needReference } from '@assay/core';
import type { Transport } from '../transport.ts';
import {
  type WireArizeDataset,
  wireArizeDatasets,
  type WireArizeExperiment,
  wireArizeExperiments,
} from '../wire/arize.ts';
import { type ArizeRoute, arizeItems } from './pages.ts';

/** A thing by id or by name. A text is an id when it has the form of one, else a name; an object says which. */
export type ArizeName = string | { readonly id: string } | { readonly name: string };

/** Finds the ids of things that are given by name. Names are looked up exactly, though the API finds parts of names. */
export function createResolve(transport: Transport, defaultSpace: string | null) {
  function datasetsNamed(
    name: string | undefined,
    space = defaultSpace,
  ): ArizeRoute<
    { datasets: WireArizeDataset[]; pagination: { has_more: boolean; next_cursor?: string | null | undefined } },
    WireArizeDataset
  > {
    const query = { name, ...(space === null ? {} : isArizeId(space) ? { space_id: space } : { space_name: space }) };
    return {
      what: 'list the datasets',
      path: '/v2/datasets',
      query,
      shape: wireArizeDatasets,
      limit: 100,
      items: ({ datasets }) => datasets,
    };
  }

  function experimentsNamed(
    name: string | undefined,
    datasetId: string | undefined,
  ): ArizeRoute<
    { experiments: WireArizeExperiment[]; pagination: { has_more: boolean; next_cursor?: string | null | undefined } },
    WireArizeExperiment
  > {
    return {
      what: 'list the experiments',
      path: '/v2/experiments',
      query: { name, dataset_id: datasetId },
      shape: wireArizeExperiments,
      limit: 100,
      items: ({ experiments }) => experiments,
    };
  }

  async function datasetId(dataset: ArizeName, space?: string): Promise<string> {
    const { id, name } = refOf(dataset);
    return id ?? (await only('dataset', name, arizeItems(transport, datasetsNamed(name, space ?? defaultSpace)))).id;
  }

  async function experimentId(experiment: ArizeName, dataset: ArizeName | undefined): Promise<string> {
    const { id, name } = refOf(experiment);
    if (id !== undefined) return id;
    const within = dataset === undefined ? undefined : await datasetId(dataset);
    return (await only('experiment', name, arizeItems(transport, experimentsNamed(name, within)))).id;
  }

  /** The API makes datasets by the id of their space only, and every dataset of a space names that. */
  async function spaceId(space = defaultSpace): Promise<string> {
    if (space === null)
      throw new AssayError('invalid-config', 'Expected a space, got none: pass space or set ARIZE_SPACE');
    if (isArizeId(space)) return space;
    for await (const dataset of arizeItems(transport, datasetsNamed(undefined, space))) return dataset.space_id;
    throw new AssayError(
      'not-found',
      `Could not find the id of the space ${space} by its name, as it has no dataset yet: pass the id`,
    );
  }

  return { datasetId, experimentId, spaceId, datasetsNamed, experimentsNamed };
}

export type Resolve = ReturnType<typeof createResolve>;

/** Whether a text is an id: base64 of a text with a colon, as all ids of AX are. */
export function isArizeId(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text && bytes.toString('latin1').includes(':');
}

function refOf(thing: ArizeName): { readonly id?: string; readonly name: string } {
  if (typeof thing !== 'string') {
    const known = needReference('a dataset or an experiment as a name, an id, { id } or { name }', thing);
    return 'id' in known ? { id: known.id, name: '' } : { name: known.name };
  }
  return isArizeId(thing) ? { id: thing, name: '' } : { name: thing };
}

async function only<T extends { readonly id: string; readonly name: string }>(
  kind: string,
  name: string,
  found: AsyncIterable<T>,
): Promise<T> {
  const exact: T[] = [];
  for await (const thing of found) if (thing.name === name) exact.push(thing);
  const [first] = exact;
  if (first === undefined) throw new AssayError('not-found', `No ${kind} is named ${JSON.stringify(name)}`);
  if (exact.length > 1)
    throw new AssayError(
      'ambiguous',
      `${exact.length} ${kind}s are named ${JSON.stringify(name)}: ${exact.map(({ id }) => id).join(', ')}. Pass { id } of one`,
    );
  return first;
}
