import type { Example } from './dataset.ts';
import type { EvaluationRun, TaskRun } from './experiment.ts';

/** What is still missing for one example and one repetition. */
export interface PlannedRun {
  readonly example: Example;
  /** Counts from 1. */
  readonly repetition: number;
  /** The finished run, when only evaluations are missing. */
  readonly run: TaskRun | undefined;
  readonly evaluatorNames: readonly string[];
}

/** What is on record for a page of examples. */
export interface Progress {
  readonly taskRuns: readonly TaskRun[];
  readonly evaluationRuns: readonly EvaluationRun[];
}

/** Nothing yet. */
export const noProgress: Progress = { taskRuns: [], evaluationRuns: [] };

/**
 * The missing work of a page, example by example.
 *
 * A first run, a resume, a retry of failures and a late evaluator are one operation: plan what should exist, take away
 * what does. Failed runs count as missing.
 */
export function planRuns(
  examples: readonly Example[],
  repetitions: number,
  evaluatorNames: readonly string[],
  progress: Progress = noProgress,
): PlannedRun[] {
  const finished = new Map<string, TaskRun>();
  for (const run of progress.taskRuns) if (run.error === null) finished.set(keyOf(run.exampleId, run.repetition), run);
  const evaluated = evaluatedNames(evaluatorNames, progress.evaluationRuns);

  const planned: PlannedRun[] = [];
  for (const example of examples) {
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
      const run = finished.size === 0 ? undefined : finished.get(keyOf(example.id, repetition));
      const done = run === undefined ? undefined : evaluated.get(run.id);
      const missing = done === undefined ? evaluatorNames : evaluatorNames.filter((name) => !done.has(name));
      if (run === undefined || missing.length > 0) planned.push({ example, repetition, run, evaluatorNames: missing });
    }
  }
  return planned;
}

/** Where an evaluator that gives several results writes the names of them all, so that a resume sees when one is missing. */
export const partsKey = 'assay.parts';

/** For each task run the evaluators that need not be asked again. */
export function evaluatedNames(
  evaluatorNames: readonly string[],
  evaluationRuns: readonly EvaluationRun[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const byRun = new Map<string, Map<string, EvaluationRun>>();
  for (const evaluation of evaluationRuns) {
    let ofRun = byRun.get(evaluation.taskRunId);
    if (ofRun === undefined) byRun.set(evaluation.taskRunId, (ofRun = new Map()));
    ofRun.set(evaluation.name, evaluation);
  }
  return new Map(
    [...byRun].map(([taskRunId, ofRun]) => [
      taskRunId,
      new Set(evaluatorNames.filter((name) => isEvaluated(name, ofRun))),
    ]),
  );
}

function isEvaluated(name: string, ofRun: ReadonlyMap<string, EvaluationRun>): boolean {
  const own = ofRun.get(name);
  const parts = [...ofRun.values()].filter((evaluation) => evaluation.name.startsWith(`${name}/`));
  if (parts.length === 0) return own !== undefined && own.status !== 'failed';
  const expected = parts[0]!.metadata[partsKey];
  const names = Array.isArray(expected)
    ? expected.map((part) => `${name}/${String(part)}`)
    : parts.map((part) => part.name);
  return names.every((part) => (ofRun.get(part)?.status ?? 'failed') !== 'failed');
}

function keyOf(exampleId: string, repetition: number): string {
  return `${repetition}\u0000${exampleId}`;
}
