import type { Catalog, EvaluationRun, TaskRun } from '@assay/core';
import type { NodeStore } from './node-store.ts';

/** What a record said before it was replaced. */
export type SupersededRecord = {
  readonly supersededAt: Date;
  /** Of the background job that replaced it; `null` when none did. */
  readonly epoch: number | null;
} & (
  | { readonly kind: 'task-run'; readonly record: TaskRun }
  | { readonly kind: 'evaluation-run'; readonly record: EvaluationRun }
);

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
