import type { DatasetPin, Example, ExperimentStore } from '@assay/core';
import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { cellText } from './cell-text.ts';
import { CodedBuilder, TextBuilder } from './column/builder.ts';
import { needSettings } from './given.ts';
import { infoOf } from './frame-info.ts';
import { frameTable } from './frame-table.ts';
import { columnsOf } from './run-rows.ts';
import type { ExamplesFrame } from './typed-frame.ts';

/** Examples at hand, with what is known of their dataset. */
export interface ExamplesSource {
  readonly examples: Iterable<Example>;
  readonly datasetId?: string | null | undefined;
  readonly datasetVersionId?: string | null | undefined;
}

/**
 * One row an example, in dataset order. `splits` is a JSON array.
 *
 * @param dataset - Examples, with the ids of their dataset or without. A `RanExperiment` is one too.
 */
export function examplesFrame(dataset: ExamplesSource | readonly Example[]): ExamplesFrame;
/** @param store - Where the dataset is kept. Without `versionId` its newest version is read. */
export function examplesFrame(
  store: Pick<ExperimentStore, 'getDataset' | 'listExamples'>,
  dataset: { readonly id: string } | { readonly name: string } | DatasetPin,
): Promise<ExamplesFrame>;
export function examplesFrame(
  source: ExamplesSource | readonly Example[] | Pick<ExperimentStore, 'getDataset' | 'listExamples'>,
  of?: { readonly id: string } | { readonly name: string } | DatasetPin,
): ColumnTable | Promise<ColumnTable> {
  checkExamples(source);
  if ('listExamples' in source) {
    if (of === undefined)
      throw new AssayError('invalid-config', 'Expected the id or the name of a dataset beside the store');
    return fromStore(source, of);
  }
  const { examples, datasetId = null, datasetVersionId = null } = 'examples' in source ? source : { examples: source };
  const rows = new ExampleRows(datasetId, datasetVersionId);
  for (const example of examples) rows.push(example);
  return rows.table();
}

/** @throws AssayError `invalid-config` for what has no examples, such as a `Promise` that was not awaited. */
function checkExamples(source: unknown): void {
  if (typeof source === 'object' && source !== null) {
    if ('listExamples' in source) return;
    const examples: unknown = 'examples' in source ? source.examples : source;
    if (typeof examples === 'object' && examples !== null && Symbol.iterator in examples) return;
  }
  const got = source instanceof Promise ? 'a Promise: await it first' : source === null ? 'null' : typeof source;
  throw new AssayError(
    'invalid-config',
    `Expected a list of examples, { examples }, a RanExperiment, or a store and a dataset, got ${got === 'object' ? 'another object' : got}`,
  );
}

async function fromStore(
  store: Pick<ExperimentStore, 'getDataset' | 'listExamples'>,
  of: { readonly id: string } | { readonly name: string } | DatasetPin,
): Promise<ColumnTable> {
  needSettings('a dataset as { id } or { name } beside the store', of);
  const pin = 'datasetId' in of ? of : await pinOf(store, of);
  const rows = new ExampleRows(pin.datasetId, pin.versionId);
  for await (const example of store.listExamples(pin)) rows.push(example);
  return rows.table();
}

async function pinOf(
  store: Pick<ExperimentStore, 'getDataset'>,
  ref: { readonly id: string } | { readonly name: string },
): Promise<DatasetPin> {
  const { id, versionId } = await store.getDataset(ref);
  return { datasetId: id, versionId };
}

class ExampleRows {
  readonly #datasetId: string | null;
  readonly #versionId: string | null;
  readonly #columns = {
    example_id: new TextBuilder(),
    dataset_id: new CodedBuilder(),
    dataset_version_id: new CodedBuilder(),
    input: new TextBuilder(),
    expected: new TextBuilder(),
    metadata: new TextBuilder(),
    splits: new TextBuilder(),
  };

  constructor(datasetId: string | null, versionId: string | null) {
    this.#datasetId = datasetId;
    this.#versionId = versionId;
  }

  push(example: Example): void {
    const columns = this.#columns;
    columns.example_id.push(example.id);
    columns.dataset_id.push(this.#datasetId);
    columns.dataset_version_id.push(this.#versionId);
    columns.input.push(cellText(example.input));
    columns.expected.push(cellText(example.expected));
    columns.metadata.push(cellText(example.metadata));
    columns.splits.push(JSON.stringify(example.splits));
  }

  table(): ColumnTable {
    const info = { ...infoOf(null, {}), datasetId: this.#datasetId, datasetVersionId: this.#versionId };
    return frameTable(columnsOf(this.#columns, null), info);
  }
}
