import type { Outcome } from './attempt.ts';
import type { NamedEvaluator } from './evaluator.ts';
import type { EvaluationRunDraft, TaskRun, TaskRunDraft } from './experiment.ts';
import { partsKey } from './plan.ts';
import { type ReadVerdict, readVerdict } from './verdict.ts';

/** The record of a task's final outcome. */
export function taskRunDraft(
  key: { readonly experimentId: string; readonly exampleId: string; readonly repetition: number },
  outcome: Outcome<unknown>,
  traceId: string | null,
): TaskRunDraft {
  return {
    ...key,
    output: outcome.ok ? (outcome.value ?? null) : null,
    error: outcome.ok ? null : outcome.message,
    ...callOf(outcome),
    traceId,
  };
}

/** The records of an evaluator's final outcome: one, or one for each of its named results. */
export function evaluationDrafts(
  evaluator: NamedEvaluator,
  run: TaskRun,
  outcome: Outcome<unknown>,
  traceId: string | null,
): EvaluationRunDraft[] {
  const verdicts: readonly ReadVerdict[] = outcome.ok
    ? readVerdict(outcome.value)
    : [{ part: null, status: 'failed', error: outcome.message }];
  const parts = verdicts.flatMap(({ part }) => (part === null ? [] : [part]));
  return verdicts.map((verdict, index) => {
    const base = {
      taskRunId: run.id,
      experimentId: run.experimentId,
      exampleId: run.exampleId,
      repetition: run.repetition,
      name: verdict.part === null ? evaluator.name : `${evaluator.name}/${verdict.part}`,
      kind: evaluator.kind,
      direction: evaluator.direction,
      status: verdict.status,
      ...callOf(outcome),
      traceId,
      // One call gave all results: were it on each of them, a sum would count it often.
      usage: index === 0 ? outcome.usage : null,
    };
    const partsOnRecord = parts.length === 0 ? {} : { [partsKey]: parts };
    if (verdict.status === 'failed') return { ...base, ...noResult, metadata: partsOnRecord, error: verdict.error };
    return {
      ...base,
      ...verdict.result,
      metadata: parts.length === 0 ? verdict.result.metadata : { ...verdict.result.metadata, ...partsOnRecord },
      error: null,
    };
  });
}

/**
 * The record that takes the place of an evaluator's earlier failure, now that it has given several named results: it
 * has nothing to say itself.
 */
export function replacedByParts(draft: EvaluationRunDraft, evaluator: NamedEvaluator): EvaluationRunDraft {
  return {
    ...draft,
    ...noResult,
    name: evaluator.name,
    status: 'skipped',
    explanation: `given as ${evaluator.name}/…`,
    error: null,
    usage: null,
  };
}

const noResult = { score: null, label: null, explanation: null } as const;

function callOf({ attempts, startedAt, endedAt, latencyMs, waitMs, usage }: Outcome<unknown>) {
  // With an answer that was replayed, the call took less time than it takes.
  const tookItsTime = usage?.replayedCalls === undefined;
  return { attempts, startedAt, endedAt, latencyMs: tookItsTime ? latencyMs : null, waitMs, usage };
}
