import type { DatasetInfo, DatasetVersion, Example, ExampleDraft, Split } from '@assay/core';
import type { Page, PageRequest } from './node-page.ts';

/** An example with both of its ids. */
export interface NodeExample extends Example {
  /** The store's id. `id` is the user's own where there is one, else this one. */
  readonly nodeId: string;
  /** When the version was made in which it got this content. */
  readonly revisedAt: Date;
}

/** A split with everything that is on record for it. */
export interface NodeSplit extends Split {
  /** As `#rrggbb`. */
  readonly color: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface UploadDraft {
  readonly name: string;
  /** `create` refuses a name that is taken, `update` takes away what is not in the upload, `append` does not. */
  readonly action: 'create' | 'append' | 'update';
  /** Of a new dataset; one that is there keeps its own. */
  readonly description?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** `id` is a node id of the dataset, or the user's own. Without one an example matches by its content. */
  readonly examples: Iterable<ExampleDraft> | AsyncIterable<ExampleDraft>;
}

/** What an upload came to. */
export interface UploadReport {
  readonly datasetId: string;
  readonly versionId: string;
  readonly createdCount: number;
  /** Of examples that were there and got other content or other splits. */
  readonly updatedCount: number;
  readonly deletedCount: number;
}

export interface SplitDraft {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly color: string;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Own ids or node ids. */
  readonly exampleIds: readonly string[];
}

export interface SplitPatch {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly color?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly addExampleIds?: readonly string[] | undefined;
  /** Removed after the others are added. */
  readonly removeExampleIds?: readonly string[] | undefined;
}

/** The part of a node store that is about datasets, with Phoenix's rules for uploads. */
export interface NodeDatasetStore {
  /** Newest first. */
  listDatasets(page: PageRequest & { readonly name?: string | undefined }): Promise<Page<DatasetInfo>>;
  /** Newest first. */
  listVersions(datasetId: string, page: PageRequest): Promise<Page<DatasetVersion>>;
  /** In dataset order. */
  listExamples(
    of:
      | {
          readonly datasetId: string;
          readonly versionId: string;
          readonly splits?: readonly string[] | null | undefined;
        }
      | { readonly experimentId: string },
  ): AsyncIterable<NodeExample>;
  /**
   * @throws AssayError `conflict` when the name is taken and the action is `create`, `invalid-config` for two examples
   * that are the same one, `invalid-input` for a node id that no example of the dataset has.
   */
  upload(draft: UploadDraft): Promise<UploadReport>;

  /** The splits that have an example in the dataset, newest first. */
  listSplits(datasetId: string, page: PageRequest): Promise<Page<NodeSplit>>;
  /** @throws AssayError `conflict` when the name is taken: splits are shared by all datasets. */
  createSplit(datasetId: string, split: SplitDraft): Promise<NodeSplit>;
  changeSplit(datasetId: string, splitId: string, changes: SplitPatch): Promise<NodeSplit>;
  deleteSplit(datasetId: string, splitId: string): Promise<void>;
  /** The names of splits that are given by name or by id. @throws AssayError `not-found`. */
  splitNames(refs: readonly string[]): Promise<readonly string[]>;
}
