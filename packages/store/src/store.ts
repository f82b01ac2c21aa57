import type { Catalog, SupersededRecord } from '@assay/core';
import type { NodeStore } from './node-store.ts';

/** Datasets and experiments in a database. Dispose of it, or close it, when done. */
export interface Store extends Catalog {
  /** The same records by their node ids and in pages, as a REST API needs them. */
  readonly nodes: NodeStore;

  /** Every record of the experiment that was replaced, oldest first. */
  listSuperseded(experimentId: string): AsyncIterable<SupersededRecord>;

  /** Waits for what is being saved and closes the file. Closing twice is harmless. */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}
