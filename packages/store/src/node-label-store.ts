import type { Page, PageRequest } from './node-page.ts';

/** A label that a dataset may have. Labels are shared by all datasets. */
export interface DatasetLabel {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** As `#rrggbb`. */
  readonly color: string;
}

export interface LabelDraft {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly color: string;
}

export interface LabelPatch {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly color?: string | undefined;
}

/** The part of a node store that is about labels. */
export interface NodeLabelStore {
  /** Newest first. */
  listLabels(page: PageRequest): Promise<Page<DatasetLabel>>;
  getLabel(labelId: string): Promise<DatasetLabel>;
  /** @throws AssayError `conflict` when the name is taken. */
  createLabel(label: LabelDraft): Promise<DatasetLabel>;
  /** What is left out stays. @throws AssayError `conflict` when the name is taken. */
  changeLabel(labelId: string, changes: LabelPatch): Promise<DatasetLabel>;
  /** Takes it off every dataset, too. */
  deleteLabel(labelId: string): Promise<void>;
  /** Newest first. */
  listDatasetLabels(datasetId: string): Promise<readonly DatasetLabel[]>;
  /** Puts these on the dataset and takes off all others. */
  setLabels(datasetId: string, labelIds: readonly string[]): Promise<readonly DatasetLabel[]>;
  addLabel(datasetId: string, labelId: string): Promise<DatasetLabel>;
  /** One that is not on the dataset is no error. */
  removeLabel(datasetId: string, labelId: string): Promise<void>;
}
