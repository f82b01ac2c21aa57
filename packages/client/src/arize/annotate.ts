import { AssayError, needIterable } from '@assay/core';
import type { Transport } from '../transport.ts';
import { chunksOf } from './pages.ts';

/** Annotations of one run or example. What is left out of a value keeps what it was. */
export interface RecordAnnotation {
  readonly recordId: string;
  readonly values: readonly {
    readonly name: string;
    readonly score?: number | undefined;
    readonly label?: string | undefined;
    readonly text?: string | undefined;
  }[];
}

/** What annotating did. Reading may lag behind it. */
export interface AnnotationReport {
  /** How many records were annotated. */
  readonly annotated: number;
  /** Records that AX does not have. It would have swallowed them. */
  readonly unknownRecordIds: readonly string[];
}

/** Sends annotations of the records that exist, 1,000 at a time. */
export async function annotateRecords(
  transport: Transport,
  path: string,
  given: readonly RecordAnnotation[],
  known: ReadonlySet<string>,
): Promise<AnnotationReport> {
  const annotations = [...needIterable('annotations as a list of { recordId, values }', given)];
  annotations.forEach(({ values }, index) => checkValues(values, `annotation ${index + 1}`));
  const found = annotations.filter(({ recordId }) => known.has(recordId));
  for (const { rows, before } of chunksOf(found)) {
    const body = { annotations: rows.map(({ recordId, values }) => ({ record_id: recordId, values })) };
    // An annotation replaces the one of its name, so that twice is as once.
    await transport.done({
      what: `annotate records ${before + 1} to ${before + rows.length}`,
      method: 'POST',
      path,
      body,
      idempotent: true,
    });
  }
  return {
    annotated: found.length,
    unknownRecordIds: annotations.filter(({ recordId }) => !known.has(recordId)).map(({ recordId }) => recordId),
  };
}

function checkValues(values: RecordAnnotation['values'], where: string): void {
  if (values.length === 0) throw new AssayError('invalid-input', `Expected ${where} to have a value, got none`);
  for (const { name, score, label, text } of values) {
    if (name.trim() === '') throw new AssayError('invalid-input', `Expected the name in ${where} not to be empty`);
    if (score === undefined && label === undefined && text === undefined)
      throw new AssayError(
        'invalid-input',
        `Expected ${name} in ${where} to have a score, a label or a text, got none`,
      );
    if (score !== undefined && !Number.isFinite(score))
      throw new AssayError(
        'invalid-input',
        `Expected the score of ${name} in ${where} to be a finite number, got ${score}`,
      );
  }
}
