import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Direction, EvaluatorKind } from './experiment.ts';

/** Where an experiment keeps the fingerprint of what it was run with. */
export const fingerprintKey = 'assay.fingerprint';

/** 16 hex digits each: of the task, and of each evaluator by name. */
export interface Fingerprint {
  readonly task: string | null;
  readonly evaluators: Readonly<Record<string, string>>;
}

/**
 * Tells one task or evaluator from another by its source text and its options. Values that it closes over are not seen;
 * a function or object may carry a `fingerprint` of its own to name them.
 */
export function fingerprintOf(task: unknown, evaluators: readonly Described[]): Fingerprint {
  return {
    task: task === undefined ? null : digest(describe(task)),
    evaluators: Object.fromEntries(
      evaluators.map((evaluator) => [evaluator.name, digest([evaluator.kind, evaluator.direction, evaluator.source])]),
    ),
  };
}

interface Described {
  readonly name: string;
  readonly kind: EvaluatorKind;
  readonly direction: Direction;
  readonly source: string;
}

/** The text of a function or an evaluator object, as far as it can be seen. */
export function describe(value: unknown): string {
  if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return String(value);
  if ('fingerprint' in value) return String(value.fingerprint);
  if (typeof value === 'function') return String(value);
  const options = Object.entries(value).map(
    ([key, option]) => `${key}:${typeof option === 'function' ? String(option) : shallow(option)}`,
  );
  const evaluate = 'evaluate' in value ? String(value.evaluate) : '';
  return [...options, evaluate].join('\n');
}

/** What differs between the record and now, in words; empty when nothing does or nothing is on record. */
export function changesSince(recorded: unknown, now: Fingerprint): readonly string[] {
  if (typeof recorded !== 'object' || recorded === null) return [];
  const { task, evaluators } = recorded as Partial<Fingerprint>;
  const before = evaluators ?? {};
  return [
    ...(typeof task === 'string' && now.task !== null && task !== now.task
      ? ['The task differs from the one the experiment was started with: old and new runs will stand side by side']
      : []),
    ...Object.entries(now.evaluators)
      .filter(([name, digest]) => before[name] !== undefined && before[name] !== digest)
      .map(
        ([name]) =>
          `Evaluator ${name} differs from the one the experiment was started with: old and new scores will stand side by side`,
      ),
  ];
}

function shallow(option: unknown): string {
  try {
    return JSON.stringify(option) ?? String(option);
  } catch {
    return String(option);
  }
}

function digest(parts: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, 16);
}
