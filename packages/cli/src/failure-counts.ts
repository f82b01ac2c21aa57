import type { EvaluationRun, TaskRun } from '@assay/core';

/** Counts how often each message of a failure occurs, in flat memory. */
export class FailureCounts {
  readonly #counts = new Map<string, number>();

  get byMessage(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  addTaskRun({ error }: Pick<TaskRun, 'error'>): void {
    if (error !== null) this.#add(error);
  }

  addEvaluation({ name, error }: Pick<EvaluationRun, 'name' | 'error'>): void {
    if (error !== null) this.#add(`${name}: ${error}`);
  }

  #add(message: string): void {
    const count = this.#counts.get(message);
    // Messages that carry an id or a time are all different; the commonest ones show early.
    if (count === undefined && this.#counts.size >= 1000) return;
    this.#counts.set(message, (count ?? 0) + 1);
  }
}
