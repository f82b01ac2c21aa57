import { expectedFromWire, valueFromWire } from '@assay/client/wire';
import type { ExampleDraft } from '@assay/core';
import type { JsonObject } from './schemas.ts';

/** The example that a row of the wire stands for. */
export function exampleOf(row: {
  readonly input: JsonObject;
  readonly output: JsonObject | undefined;
  readonly metadata: JsonObject | undefined;
  readonly id: string | null | undefined;
  readonly splits: readonly string[] | undefined;
}): ExampleDraft {
  return {
    id: row.id ?? undefined,
    input: valueFromWire(row.input),
    expected: expectedFromWire(row.output ?? {}),
    metadata: row.metadata ?? {},
    splits: row.splits,
  };
}
