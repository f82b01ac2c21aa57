import { AssayError } from '@assay/core';

/** The types of things that have a Relay id, as Phoenix names them. */
export type GlobalType =
  | 'Dataset'
  | 'DatasetVersion'
  | 'DatasetExample'
  | 'DatasetSplit'
  | 'DatasetLabel'
  | 'Experiment'
  | 'ExperimentRun'
  | 'ExperimentEvaluation'
  | 'ExperimentTag'
  | 'Project'
  | 'Span'
  | 'Trace'
  | 'SpanAnnotation'
  | 'TraceAnnotation'
  | 'ExperimentJob'
  | 'ExperimentLog';

/** The Relay id of a row, as Phoenix writes it: base64 of `Type:row`, with padding. */
export function globalId(type: GlobalType, row: number): string {
  // A quarter of what Buffer takes for it: long lists have three to a row.
  return btoa(`${type}:${row}`);
}

/** Reads a Relay id strictly: padding is required and nothing may be left over. `null` when it is none. */
export function readGlobalId(id: string): { readonly type: string; readonly row: number } | null {
  if (id.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(id)) return null;
  const text = atob(id);
  const [, type, digits] = /^([A-Za-z]+):([1-9]\d*)$/.exec(text) ?? [];
  const row = Number(digits);
  // Of several ways to write the same bits only one is an id.
  if (type === undefined || !Number.isSafeInteger(row) || btoa(text) !== id) return null;
  return { type, row };
}

/**
 * The row that an id stands for.
 *
 * @param what - Names the thing in the message.
 * @throws AssayError `not-found` when the id is of another type, or no id of a store.
 */
export function rowOf(type: GlobalType, id: string, what: string): number {
  const read = typeof id === 'string' ? readGlobalId(id) : null;
  if (read?.type === type) return read.row;
  const reason = read ? `it is the id of a ${read.type}` : 'it is no id of this store';
  throw new AssayError('not-found', `No ${what} has the id ${JSON.stringify(id)}: ${reason}`);
}

/** The error for an id of the right type that no row has. */
export function noSuch(type: GlobalType, what: string, row: number): AssayError {
  return new AssayError('not-found', `No ${what} has the id ${JSON.stringify(globalId(type, row))}`);
}
