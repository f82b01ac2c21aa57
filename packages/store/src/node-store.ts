import type { NodeDatasetStore } from './node-dataset-store.ts';
import type { NodeExperimentStore } from './node-experiment-store.ts';
import type { NodeLabelStore } from './node-label-store.ts';
import type { NodeTraceStore } from './node-trace-store.ts';

/**
 * What a REST API needs of a store beyond `Catalog`: pages with cursors, both ids of an example, and Phoenix's rules for
 * uploads. Every method rejects with an `AssayError` and nothing else; an id or a cursor of another kind is `not-found`.
 */
export interface NodeStore extends NodeDatasetStore, NodeLabelStore, NodeExperimentStore, NodeTraceStore {}
