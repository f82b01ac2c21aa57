/**
 * What an evaluation or a run carries in its metadata, because Phoenix's wire has no field for it. These keys are the
 * wire's alone: they are added when a record is sent and taken away when it is read.
 */
export const metadataKeys = {
  skipped: 'assay.skipped',
  direction: 'assay.direction',
  attempts: 'assay.attempts',
  latencyMs: 'assay.latencyMs',
  waitMs: 'assay.waitMs',
  usage: 'assay.usage',
  endedAt: 'assay.endedAt',
} as const;

/** Where an experiment's metadata keeps the splits that it is limited to. */
export const splitsKey = 'assay.splits';

/** Metadata without the keys of the wire. */
export function withoutWireKeys(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const hidden: ReadonlySet<string> = new Set([...Object.values(metadataKeys), splitsKey]);
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !hidden.has(key)));
}
