export { openStore } from './open-store.ts';
export type { OpenStoreOptions } from './open-store.ts';
export { globalId, readGlobalId } from './global-id.ts';
export type { GlobalType } from './global-id.ts';
export type * from './job-store.ts';
export type * from './node-dataset-store.ts';
export type * from './node-experiment-store.ts';
export type * from './node-label-store.ts';
export type * from './node-page.ts';
export type * from './node-store.ts';
export type * from './node-trace-store.ts';
export type { PostgresDatabase } from './postgres-database.ts';
export type { Store } from './store.ts';
// So that a cell of a notebook can name what it is given (docs/decisions/0115-packages-name-the-types-they-give.md).
export type * from '@assay/core';
