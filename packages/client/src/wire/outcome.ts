import type { Direction, EvaluationRun } from '@assay/core';
import { measurementsToWire, type Measured } from './measurements.ts';
import { metadataKeys, withoutWireKeys } from './metadata.ts';
import type { JsonObject } from './value.ts';

/** What an evaluator came to. */
type Outcome = Pick<EvaluationRun, 'direction' | 'status' | 'score' | 'label' | 'explanation' | 'metadata' | 'error'>;

/** The metadata of an evaluation as it travels: the user's own, and what the wire has no field for. */
export function evaluationMetadataToWire(
  { metadata, direction, status }: Pick<Outcome, 'metadata' | 'direction' | 'status'>,
  measured: Measured,
): JsonObject {
  return {
    ...metadata,
    ...measurementsToWire(measured),
    ...(direction === 'maximize' ? {} : { [metadataKeys.direction]: direction }),
    ...(status === 'skipped' ? { [metadataKeys.skipped]: true } : {}),
  };
}

/** The outcome that was sent. A result beside an error counts for nothing: the official TypeScript client sends an empty one. */
export function outcomeFromWire(
  result: {
    readonly score?: number | null | undefined;
    readonly label?: string | null | undefined;
    readonly explanation?: string | null | undefined;
  },
  error: string | null,
  metadata: JsonObject,
): Outcome {
  const of = error === null ? result : {};
  return {
    direction: directionOf(metadata[metadataKeys.direction]),
    status: error !== null ? 'failed' : metadata[metadataKeys.skipped] === true ? 'skipped' : 'ok',
    score: of.score ?? null,
    label: of.label ?? null,
    explanation: of.explanation ?? null,
    metadata: withoutWireKeys(metadata),
    error,
  };
}

function directionOf(value: unknown): Direction {
  return value === 'minimize' || value === 'neutral' ? value : 'maximize';
}
