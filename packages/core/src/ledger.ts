import type { Example } from './dataset.ts';
import type { EvaluationRun, TaskRun } from './experiment.ts';
import type { Progress } from './plan.ts';

/** Keeps everything of an experiment that runs, for those who want it whole at the end. */
export class Ledger {
  readonly #examples: Example[] = [];
  readonly #positions = new Map<string, number>();
  readonly #taskRuns = new Map<string, TaskRun>();
  readonly #evaluations = new Map<string, Map<string, EvaluationRun>>();

  addPage(examples: readonly Example[], progress: Progress): void {
    for (const example of examples) {
      this.#positions.set(example.id, this.#examples.length);
      this.#examples.push(example);
    }
    for (const run of progress.taskRuns) this.addTaskRun(run);
    for (const evaluation of progress.evaluationRuns) this.addEvaluation(evaluation);
  }

  /** Adds a run, in the place of the one it was saved over, whose verdicts except those of people went with it. */
  addTaskRun(run: TaskRun): void {
    this.#taskRuns.set(run.id, run);
    const evaluations = this.#evaluations.get(run.id);
    for (const [name, evaluation] of evaluations ?? []) if (evaluation.kind !== 'HUMAN') evaluations?.delete(name);
  }

  addEvaluation(evaluation: EvaluationRun): void {
    let ofRun = this.#evaluations.get(evaluation.taskRunId);
    if (ofRun === undefined) this.#evaluations.set(evaluation.taskRunId, (ofRun = new Map()));
    ofRun.set(evaluation.name, evaluation);
  }

  /** Ordered by (dataset order, repetition), then as the evaluators were given; others on record follow by name. */
  records(evaluatorNames: readonly string[]): {
    examples: Example[];
    taskRuns: TaskRun[];
    evaluationRuns: EvaluationRun[];
  } {
    const positionOf = (run: TaskRun): number => this.#positions.get(run.exampleId) ?? this.#examples.length;
    const taskRuns = [...this.#taskRuns.values()].sort(
      (a, b) => positionOf(a) - positionOf(b) || a.repetition - b.repetition,
    );
    const rankOf = (name: string): number => {
      const rank = evaluatorNames.findIndex((given) => name === given || name.startsWith(`${given}/`));
      return rank === -1 ? evaluatorNames.length : rank;
    };
    const evaluationRuns = taskRuns.flatMap(({ id }) => {
      const ofRun = [...(this.#evaluations.get(id)?.values() ?? [])];
      return ofRun.length < 2
        ? ofRun
        : ofRun.sort(
            (a, b) =>
              rankOf(a.name) - rankOf(b.name) ||
              (rankOf(a.name) === evaluatorNames.length ? compareText(a.name, b.name) : 0),
          );
    });
    return { examples: this.#examples, taskRuns, evaluationRuns };
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
