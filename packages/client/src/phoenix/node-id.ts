import { AssayError } from '@assay/core';

/** The kinds of things that Phoenix gives ids to. */
export type NodeType = 'Dataset' | 'DatasetVersion' | 'Experiment' | 'ExperimentRun';

/**
 * Checks an id before it is sent: Phoenix's ids are base64 of `Type:number`, and two of its routes answer 500 to
 * anything else.
 *
 * @throws AssayError `not-found`: nothing can have this id.
 */
export function checkNodeId(type: NodeType, id: string): string {
  if (isNodeId(type, id)) return id;
  throw new AssayError('not-found', `No ${names[type]} has the id ${JSON.stringify(id)}`);
}

/** Whether the id is one of Phoenix's for this kind of thing. @throws AssayError `invalid-input` for what is no text. */
export function isNodeId(type: NodeType, id: string): boolean {
  if (typeof id !== 'string')
    throw new AssayError('invalid-input', `Expected the id of the ${names[type]} to be text, got ${typeof id}`);
  const text = Buffer.from(id, 'base64').toString('latin1');
  return new RegExp(`^${type}:[0-9]{1,18}$`).test(text) && Buffer.from(text, 'latin1').toString('base64') === id;
}

const names: Readonly<Record<NodeType, string>> = {
  Dataset: 'dataset',
  DatasetVersion: 'version',
  Experiment: 'experiment',
  ExperimentRun: 'task run',
};
