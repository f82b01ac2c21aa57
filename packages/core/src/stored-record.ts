import { AssayError } from './errors.ts';
import { needObject } from './given.ts';
import type { EvaluationRun, EvaluationRunDraft, TaskRun, TaskRunDraft, Usage } from './experiment.ts';

/** What task runs and evaluation runs have in common as a store keeps them: times in milliseconds since 1970. */
interface StoredCall {
  readonly error: string | null;
  readonly attempts: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly latencyMs: number | null;
  readonly waitMs: number | null;
  readonly traceId: string | null;
  readonly usage: Usage | null;
}

/** A task run as a store keeps it: checked, and shared with nobody. */
export interface StoredTaskRun extends StoredCall {
  readonly exampleId: string;
  readonly repetition: number;
  /** JSON. */
  readonly output: string;
}

/** An evaluation run as a store keeps it: checked, and shared with nobody. */
export interface StoredEvaluationRun extends StoredCall {
  readonly taskRunId: string;
  readonly name: string;
  readonly kind: EvaluationRun['kind'];
  readonly direction: EvaluationRun['direction'];
  readonly status: EvaluationRun['status'];
  readonly score: number | null;
  readonly label: string | null;
  readonly explanation: string | null;
  /** JSON of an object. */
  readonly metadata: string;
}

/**
 * Reads a task run as every store keeps it, so that all stores refuse and change the same things: the output is what
 * JSON makes of it, a failed run has none, and an empty error gets a text.
 *
 * @throws AssayError `invalid-input`.
 */
export function storedTaskRun(draft: TaskRunDraft): StoredTaskRun {
  const call = storedCall(needObject('a task run to save', draft));
  if (!isCount(draft.repetition)) throw expected('repetition', 'a whole number from 1', draft.repetition);
  return {
    ...call,
    exampleId: draft.exampleId,
    repetition: draft.repetition,
    output: call.error === null ? jsonText(draft.output, 'the output') : 'null',
  };
}

/**
 * Reads an evaluation run as every store keeps it. Its name is trimmed.
 *
 * @throws AssayError `invalid-input`.
 */
export function storedEvaluationRun(draft: EvaluationRunDraft): StoredEvaluationRun {
  const { score, status } = needObject('an evaluation run to save', draft);
  if (score !== null && !Number.isFinite(score)) throw expected('score', 'a finite number', score);
  if ((status === 'failed') !== (draft.error !== null)) {
    throw expected(
      'error',
      status === 'failed' ? 'the message of the failure' : `null when the status is ${status}`,
      draft.error,
    );
  }
  return {
    ...storedCall(draft),
    taskRunId: draft.taskRunId,
    name: storedName(draft.name, 'the name of an evaluation'),
    kind: oneOf('kind', draft.kind, ['CODE', 'LLM', 'HUMAN']),
    direction: oneOf('direction', draft.direction, ['maximize', 'minimize', 'neutral']),
    status: oneOf('status', status, ['ok', 'failed', 'skipped']),
    score,
    label: storedText(draft.label),
    explanation: storedText(draft.explanation),
    metadata: jsonObjectText(draft.metadata, 'the metadata of an evaluation'),
  };
}

/** The record that a stored task run stands for. Nothing in it is shared with the store. */
export function taskRunOf(id: string, experimentId: string, run: StoredTaskRun): TaskRun {
  return {
    id,
    experimentId,
    exampleId: run.exampleId,
    repetition: run.repetition,
    output: JSON.parse(run.output),
    ...callOf(run),
  };
}

/** The record that a stored evaluation run stands for, which is of this task run. Nothing in it is shared with the store. */
export function evaluationRunOf(
  id: string,
  of: { readonly experimentId: string; readonly exampleId: string; readonly repetition: number },
  run: StoredEvaluationRun,
): EvaluationRun {
  return {
    id,
    taskRunId: run.taskRunId,
    experimentId: of.experimentId,
    exampleId: of.exampleId,
    repetition: of.repetition,
    name: run.name,
    kind: run.kind,
    direction: run.direction,
    status: run.status,
    score: run.score,
    label: run.label,
    explanation: run.explanation,
    metadata: run.metadata === '{}' ? {} : JSON.parse(run.metadata),
    ...callOf(run),
  };
}

/**
 * What JSON makes of a value: NaN becomes `null`, a Date its text.
 *
 * @param what - Names the value in the error.
 * @throws AssayError `invalid-input` for a BigInt, a circle, a function, `undefined`.
 */
export function jsonText(value: unknown, what: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new AssayError('invalid-input', `Expected ${what} to be JSON: ${reason}`, { cause });
  }
  if (text === undefined) throw new AssayError('invalid-input', `Expected ${what} to be JSON, got ${nameOf(value)}`);
  return text;
}

/** What JSON makes of an object. @throws AssayError `invalid-input` for anything that is not a plain record. */
export function jsonObjectText(value: object | null | undefined, what: string): string {
  if (value === null || value === undefined) return '{}';
  const text = jsonText(value, what);
  if (!text.startsWith('{'))
    throw new AssayError('invalid-input', `Expected ${what} to be an object, got ${nameOf(value)}`);
  return text;
}

/** A name, trimmed. @throws AssayError `invalid-input` when nothing is left of it, and for what no store could keep. */
export function storedName(name: string, what: string): string {
  const trimmed = typeof name === 'string' ? name.trim() : '';
  if (trimmed === '')
    throw new AssayError('invalid-input', `Expected ${what} not to be empty, got ${JSON.stringify(name)}`);
  return wholeText(trimmed, what);
}

/** A name, trimmed; `''` when none is given, so that a store makes one. @throws AssayError as `storedName`. */
export function storedNameIfAny(name: string | null | undefined, what: string): string {
  return name === null || name === undefined || (typeof name === 'string' && name.trim() === '')
    ? ''
    : storedName(name, what);
}

/**
 * Gives back an id or a name that every store can hold as it is. In a text, half of a surrogate pair becomes U+FFFD; two
 * ids would become one, and what was saved under a name would not be found again by it.
 *
 * @throws AssayError `invalid-input` for half of a surrogate pair.
 */
export function wholeText(text: string, what: string): string {
  if (text.isWellFormed()) return text;
  throw new AssayError(
    'invalid-input',
    `Expected ${what} to be text that can be written as UTF-8, got half of a surrogate pair in ${JSON.stringify(text)}`,
  );
}

/**
 * The name of a tag, trimmed. It is what Phoenix takes, so that a tag of one store can be given in any other.
 *
 * @throws AssayError `invalid-input`.
 */
export function storedTagName(name: string): string {
  const trimmed = storedName(name, 'the name of a tag');
  if (/^[a-z0-9]([_a-z0-9-]*[a-z0-9])?$/.test(trimmed)) return trimmed;
  throw new AssayError(
    'invalid-input',
    `Expected the name of a tag to be of a-z, 0-9, _ and -, with a letter or digit at both ends, got ${JSON.stringify(trimmed)}`,
  );
}

/** Text that every store can hold: half of a surrogate pair, which UTF-8 has no bytes for, becomes U+FFFD. */
export function storedText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  if (typeof text !== 'string') throw expected('text', 'text or null', text);
  return wellFormed(text);
}

/** Text with every half of a surrogate pair replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function storedCall(draft: TaskRunDraft | EvaluationRunDraft): StoredCall {
  if (!isCount(draft.attempts)) throw expected('attempts', 'a whole number from 1', draft.attempts);
  const error = storedText(draft.error);
  return {
    error: error !== null && error.trim() === '' ? 'Unknown error' : error,
    attempts: draft.attempts,
    startedAt: timeOf('startedAt', draft.startedAt),
    endedAt: timeOf('endedAt', draft.endedAt),
    latencyMs: finiteOrNull('latencyMs', draft.latencyMs),
    waitMs: finiteOrNull('waitMs', draft.waitMs),
    traceId: storedText(draft.traceId),
    usage: draft.usage ? storedUsage(draft.usage) : null,
  };
}

function callOf(run: StoredCall) {
  return {
    error: run.error,
    attempts: run.attempts,
    startedAt: new Date(run.startedAt),
    endedAt: new Date(run.endedAt),
    latencyMs: run.latencyMs,
    waitMs: run.waitMs,
    traceId: run.traceId,
    usage: run.usage === null ? null : { ...run.usage },
  };
}

function storedUsage(usage: Usage): Usage | null {
  const { promptTokens, completionTokens, costUsd, cachedPromptTokens, replayedCalls } = usage;
  // A usage of which nothing is known is none.
  if ((promptTokens ?? completionTokens ?? costUsd ?? cachedPromptTokens ?? replayedCalls ?? null) === null)
    return null;
  const cached = finiteOrNull('cachedPromptTokens', cachedPromptTokens);
  const replayed = finiteOrNull('replayedCalls', replayedCalls) ?? 0;
  return {
    promptTokens: finiteOrNull('promptTokens', promptTokens),
    completionTokens: finiteOrNull('completionTokens', completionTokens),
    costUsd: finiteOrNull('costUsd', costUsd),
    ...(cached === null || cached === 0 ? {} : { cachedPromptTokens: cached }),
    ...(replayed === 0 ? {} : { replayedCalls: replayed }),
  };
}

function timeOf(field: string, date: Date): number {
  const time = date instanceof Date ? date.getTime() : Number.NaN;
  if (Number.isNaN(time)) throw expected(field, 'a valid Date', date);
  return time;
}

function finiteOrNull(field: string, value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  if (!Number.isFinite(value)) throw expected(field, 'a finite number or null', value);
  return value;
}

function oneOf<T extends string>(field: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw expected(field, `one of ${allowed.join(', ')}`, value);
  return value;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function expected(field: string, what: string, value: unknown): AssayError {
  return new AssayError('invalid-input', `Expected ${field} to be ${what}, got ${nameOf(value)}`);
}

function nameOf(value: unknown): string {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return `a ${typeof value}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
