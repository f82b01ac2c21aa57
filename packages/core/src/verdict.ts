import { AssayError } from './errors.ts';
import type { EvaluationResult } from './experiment.ts';

/** The parts of a full result; what is left out is `null`. */
export interface VerdictParts {
  readonly score?: number | boolean | null | undefined;
  readonly label?: string | null | undefined;
  readonly explanation?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
}

/** One result in short form. A boolean is a pass or fail: score 1 or 0, labelled `true` or `false`. A string is a label. */
export type SingleVerdict =
  | number
  | boolean
  | string
  | VerdictParts
  | readonly [score: number | boolean | null, label: string | null, explanation?: string | null]
  | Skip;

/** What an evaluator may return: one result, or several by name. */
export type Verdict = SingleVerdict | { readonly [part: string]: SingleVerdict };

/** Says that an evaluator declines to judge. Made by `skip`. */
export interface Skip {
  readonly [skipped]: true;
  readonly reason: string;
}

const skipped = Symbol.for('@assay/core/skip');

/**
 * Declines to judge a run: it is counted apart, and a resume does not ask again.
 *
 * @example
 * ```ts
 * import { skip } from '@assay/core';
 *
 * const grounded = ({ metadata }: { metadata: { passages?: string[] } }) =>
 *   metadata.passages === undefined ? skip('no passages to check against') : metadata.passages.length;
 * ```
 */
export function skip(reason: string): Skip {
  return { [skipped]: true, reason };
}

/** One result as it goes on record. `part` is `null` when the evaluator gave one result only. */
export type ReadVerdict = { readonly part: string | null } & (
  | { readonly status: 'ok' | 'skipped'; readonly result: EvaluationResult }
  | { readonly status: 'failed'; readonly error: string }
);

const blank: EvaluationResult = { score: null, label: null, explanation: null, metadata: {} };
const partNames: ReadonlySet<string> = new Set(Object.keys(blank));

/**
 * Reads every form of verdict as results ready to save. A verdict that says nothing, or that cannot be kept, such as a
 * score that is not finite, is a failed result with the reason as its error: never a low score.
 */
export function readVerdict(verdict: unknown): readonly ReadVerdict[] {
  if (!isNamed(verdict)) return [readSingle(verdict, null)];
  const parts = Object.entries(verdict).filter(([, part]) => part !== undefined);
  const known = parts.filter(([name]) => partNames.has(name));
  if (known.length > 0 && known.length < parts.length) {
    const others = parts.filter(([name]) => !partNames.has(name)).map(([name]) => name);
    return [
      failed(
        null,
        `score, label, explanation and metadata, or names of results, but not both`,
        `also ${others.join(', ')}`,
      ),
    ];
  }
  if (known.length === parts.length) return [readSingle(verdict, null)];
  if (new Set(parts.map(([name]) => name.trim())).size < parts.length)
    return [failed(null, 'the names of results to differ', verdict)];
  const half = parts.find(([name]) => !name.isWellFormed());
  if (half !== undefined) return [failed(null, 'the names of results to be whole text', half[0])];
  return parts.map(([name, part]) =>
    name.trim() === '' ? failed(name, 'the name of a result to be some text', name) : readSingle(part, name.trim()),
  );
}

function readSingle(verdict: unknown, part: string | null): ReadVerdict {
  if (isSkip(verdict)) return readSkip(verdict.reason, part);
  switch (typeof verdict) {
    case 'number':
      return readParts({ score: verdict }, part);
    case 'boolean':
      return readParts({ score: verdict, label: String(verdict) }, part);
    case 'string':
      return verdict.trim() === ''
        ? failed(part, 'a label to be some text', verdict)
        : readParts({ label: verdict }, part);
    case 'object':
      if (Array.isArray(verdict)) return readTuple(verdict, part);
      if (isNamed(verdict)) return readParts(verdict, part);
  }
  return failed(
    part,
    'a number, boolean, string, { score, label, explanation, metadata }, [score, label], results by name, or skip(reason)',
    verdict,
  );
}

function readSkip(reason: unknown = null, part: string | null): ReadVerdict {
  if (reason !== null && typeof reason !== 'string')
    return failed(part, 'the reason of skip(reason) to be text', reason);
  return { part, status: 'skipped', result: { ...blank, explanation: reason } };
}

function readTuple(tuple: readonly unknown[], part: string | null): ReadVerdict {
  const [score, label, explanation] = tuple;
  if (tuple.length < 2 || tuple.length > 3) return failed(part, '[score, label] or [score, label, explanation]', tuple);
  return readParts({ score, label, explanation }, part);
}

function readParts(parts: Readonly<Record<string, unknown>>, part: string | null): ReadVerdict {
  const { score = null, label = null, explanation = null, metadata } = parts;
  const number = typeof score === 'boolean' ? Number(score) : score;
  if (number !== null && (typeof number !== 'number' || !Number.isFinite(number)))
    return failed(part, 'score to be a finite number', score);
  if (label !== null && typeof label !== 'string') return failed(part, 'label to be text', label);
  if (explanation !== null && typeof explanation !== 'string')
    return failed(part, 'explanation to be text', explanation);
  if (metadata !== undefined && metadata !== null && !isNamed(metadata))
    return failed(part, 'metadata to be an object', metadata);
  if (number === null && label === null && explanation === null) {
    return failed(part, 'a score, a label or an explanation (skip(reason) declines to judge)', parts);
  }
  return { part, status: 'ok', result: { score: number, label, explanation, metadata: metadata ?? {} } };
}

function failed(part: string | null, expected: string, got: unknown): ReadVerdict {
  return {
    part,
    status: 'failed',
    error: new AssayError('invalid-input', `Expected ${expected}, got ${show(got)}`).message,
  };
}

function isSkip(value: unknown): value is Skip {
  return typeof value === 'object' && value !== null && skipped in value;
}

function isNamed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isSkip(value);
}

function show(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  try {
    return JSON.stringify(value).slice(0, 200);
  } catch {
    return 'an object that is not JSON';
  }
}
