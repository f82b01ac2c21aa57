import { AssayError } from '@assay/core';
import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { firstRow, prepare } from '../operation.ts';
import type { Operation } from '../operation.ts';

export interface NewTraceAnnotation {
  readonly target: 'span' | 'trace';
  readonly target_id: string;
  readonly name: string;
  readonly identifier: string;
  readonly kind: string;
  readonly score: number | null;
  readonly label: string | null;
  readonly explanation: string | null;
  readonly metadata: string;
}

/** What is said of spans and traces. */
export function createTraceAnnotationOperations(db: Dialect) {
  const save = prepare(
    db,
    (v: NewTraceAnnotation & { now: number }) => sql<{ id: number }>`
      INSERT INTO trace_annotations (target, target_id, name, identifier, kind, score, label, explanation, metadata,
        created_at, updated_at)
      VALUES (${v.target}, ${v.target_id}, ${v.name}, ${v.identifier}, ${v.kind}, ${v.score}, ${v.label},
        ${v.explanation}, ${v.metadata}, ${v.now}, ${v.now})
      ON CONFLICT (target, target_id, name, identifier) DO UPDATE SET kind = excluded.kind, score = excluded.score,
        label = excluded.label, explanation = excluded.explanation, metadata = excluded.metadata,
        updated_at = excluded.updated_at
      RETURNING id`,
  );
  const findSpan = prepare(
    db,
    (v: { targetId: string }) => sql<{ id: number }>`SELECT id FROM spans WHERE span_id = ${v.targetId} LIMIT 1`,
  );
  const findTrace = prepare(
    db,
    (v: { targetId: string }) => sql<{ id: number }>`SELECT id FROM spans WHERE trace_id = ${v.targetId} LIMIT 1`,
  );

  return {
    /** Each takes the place of that of its name and identifier. @param isKnownOnly - Refuses all when one is of nothing. */
    *annotateTraces(
      annotations: readonly NewTraceAnnotation[],
      isKnownOnly: boolean,
      now: number,
    ): Operation<readonly number[]> {
      const ids: number[] = [];
      for (const annotation of annotations) {
        const { target, target_id: targetId } = annotation;
        const found = isKnownOnly && (yield* firstRow(target === 'span' ? findSpan : findTrace, { targetId }));
        if (found === undefined)
          throw new AssayError('not-found', `No ${target} has the id ${JSON.stringify(targetId)}`);
        ids.push((yield* firstRow(save, { ...annotation, now }))!.id);
      }
      return ids;
    },
  };
}
