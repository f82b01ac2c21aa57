import type { Direction, EvaluationRun, Experiment, TaskRun } from './experiment.ts';
import { quantile, studentT975, wilson } from './interval.ts';
import { type OpenEvaluation, OpenExamples, type OpenTaskRun } from './open-examples.ts';
import { noProgress, type Progress } from './plan.ts';
import type { EvaluatorSummary, ExperimentSummary, StopReason } from './summary.ts';
import { UsageSum } from './usage.ts';

/** What a task run counts for. */
export type TaskRunFigures = Pick<
  TaskRun,
  'exampleId' | 'repetition' | 'error' | 'latencyMs' | 'waitMs' | 'attempts' | 'usage'
>;

/** What an evaluation run counts for. */
export type EvaluationRunFigures = Pick<
  EvaluationRun,
  'exampleId' | 'repetition' | 'name' | 'kind' | 'direction' | 'status' | 'score' | 'label' | 'usage'
>;

/**
 * Adds up an experiment while it runs. Records are kept only while their example is open, since means are means of
 * example means; what is closed is a handful of sums.
 */
export class Tally {
  readonly #open = new OpenExamples();
  readonly #evaluators = new Map<string, EvaluatorTally>();
  readonly #latencies = new Numbers();
  readonly #taskUsage = new UsageSum();
  readonly #evaluatorUsage = new UsageSum();
  #ok = 0;
  #failed = 0;
  #waitMs = 0;
  #attempts = 0;

  /** @param evaluators - Are in the summary, called or not. A direction of `null` is that of their verdicts. */
  constructor(evaluators: readonly { readonly name: string; readonly direction: Direction | null }[]) {
    for (const { name, direction } of evaluators) this.#evaluators.set(name, new EvaluatorTally(direction));
  }

  /** Begins an example with what is on record for it. */
  open(exampleId: string, standing: Progress = noProgress): void {
    this.#open.add(exampleId);
    for (const run of standing.taskRuns) this.addTaskRun(run);
    for (const evaluation of standing.evaluationRuns) this.addEvaluation(evaluation);
  }

  /** Counts a run, in the place of the one it was saved over, whose verdicts except those of people went with it. */
  addTaskRun({ exampleId, repetition, error, latencyMs, waitMs, attempts, usage }: TaskRunFigures): void {
    const run = this.#open.runOf(exampleId, repetition);
    if (run === undefined) return;
    if (run.task !== null) run.evaluations = run.evaluations.filter(({ kind }) => kind === 'HUMAN');
    run.task = { ok: error === null, latencyMs, waitMs, attempts, usage };
  }

  /** Counts a verdict, in the place of an earlier one of its name. */
  addEvaluation(figures: EvaluationRunFigures): void {
    const { exampleId, repetition, name, kind, direction, status, score, label, usage } = figures;
    const run = this.#open.runOf(exampleId, repetition);
    if (run === undefined) return;
    const evaluation = { name, kind, direction, status, score, label, usage };
    run.evaluations = [...run.evaluations.filter((other) => other.name !== name), evaluation];
  }

  /** Ends an example: nothing more comes of it. */
  close(exampleId: string): void {
    const scores = new Map<EvaluatorTally, number[]>();
    for (const { task, evaluations } of this.#open.remove(exampleId)) {
      if (task !== null) this.#closeTaskRun(task);
      if (evaluations.length > 0) this.#closeEvaluations(evaluations, scores);
    }
    for (const [tally, ofExample] of scores) tally.addExample(ofExample);
  }

  summary(experiment: Experiment, stopped: StopReason | null): ExperimentSummary {
    for (const exampleId of this.#open.ids()) this.close(exampleId);
    const planned = experiment.exampleCount * experiment.repetitions;
    const latencies = this.#latencies.sorted();
    return {
      experimentId: experiment.id,
      taskRuns: {
        planned,
        ok: this.#ok,
        failed: this.#failed,
        missing: Math.max(0, planned - this.#ok - this.#failed),
      },
      evaluators: Object.fromEntries(
        this.#named().map(([name, tally, whole]) => [name, tally.summary(planned, whole)]),
      ),
      latencyMs: { p50: quantile(latencies, 0.5), p90: quantile(latencies, 0.9), p99: quantile(latencies, 0.99) },
      waitMs: this.#waitMs,
      attempts: this.#attempts,
      retries: this.#attempts - this.#ok - this.#failed,
      usage: { task: this.#taskUsage.total(), evaluators: this.#evaluatorUsage.total() },
      stopped,
    };
  }

  #closeTaskRun({ ok, latencyMs, waitMs, attempts, usage }: OpenTaskRun): void {
    if (ok) this.#ok += 1;
    else this.#failed += 1;
    if (ok && latencyMs !== null) this.#latencies.push(latencyMs);
    this.#waitMs += waitMs ?? 0;
    this.#attempts += attempts;
    this.#taskUsage.add(usage);
  }

  /** @param scores - Takes the scores of the example, by evaluator. */
  #closeEvaluations(evaluations: readonly OpenEvaluation[], scores: Map<EvaluatorTally, number[]>): void {
    for (const evaluation of evaluations) {
      this.#evaluatorUsage.add(evaluation.usage);
      if (evaluation.status !== 'ok' && evaluations.some((other) => isPart(other.name, evaluation.name))) continue;
      let tally = this.#evaluators.get(evaluation.name);
      if (tally === undefined)
        this.#evaluators.set(evaluation.name, (tally = new EvaluatorTally(evaluation.direction)));
      tally.count(evaluation);
      if (evaluation.status !== 'ok' || evaluation.score === null) continue;
      const ofEvaluator = scores.get(tally);
      if (ofEvaluator === undefined) scores.set(tally, [evaluation.score]);
      else ofEvaluator.push(evaluation.score);
    }
  }

  /**
   * The evaluators to report. One that gives several results is reported by them alone, and where it failed or skipped
   * as a whole, each of them did.
   */
  #named(): readonly (readonly [name: string, tally: EvaluatorTally, whole: EvaluatorTally | undefined])[] {
    const entries = [...this.#evaluators];
    return entries
      .filter(([whole, { ok }]) => ok > 0 || !entries.some(([name]) => isPart(name, whole)))
      .map(([name, tally]) => [name, tally, entries.find(([whole]) => isPart(name, whole))?.[1]]);
  }
}

function isPart(name: string, whole: string): boolean {
  return name.startsWith(`${whole}/`);
}

/** Labels beyond this many are counted together: a judge that writes sentences must not fill the memory. */
const mostLabels = 1000;

class EvaluatorTally {
  #direction: Direction | null;
  readonly #labels = new Map<string, number>();
  ok = 0;
  skipped = 0;
  failed = 0;
  /** Examples with a score, and mean and sum of squares of their means (Welford 1962). */
  #examples = 0;
  #mean = 0;
  #squares = 0;
  #passed = 0;
  #allPassOrFail = true;

  constructor(direction: Direction | null) {
    this.#direction = direction;
  }

  count({ status, label, direction }: Pick<EvaluationRun, 'status' | 'label' | 'direction'>): void {
    this.#direction ??= direction;
    if (status === 'ok') this.ok += 1;
    else if (status === 'failed') this.failed += 1;
    else this.skipped += 1;
    if (status !== 'ok' || label === null) return;
    const counted = this.#labels.has(label) || this.#labels.size < mostLabels ? label : 'other labels';
    this.#labels.set(counted, (this.#labels.get(counted) ?? 0) + 1);
  }

  addExample(scores: readonly number[]): void {
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    this.#examples += 1;
    const before = mean - this.#mean;
    this.#mean += before / this.#examples;
    this.#squares += before * (mean - this.#mean);
    this.#passed += mean;
    this.#allPassOrFail &&= scores.length === 1 && (mean === 0 || mean === 1);
  }

  /** @param whole - The evaluator that this is one result of; its failures and skips are this one's too. */
  summary(planned: number, whole: EvaluatorTally | undefined): EvaluatorSummary {
    const failed = this.failed + (whole?.failed ?? 0);
    const skipped = this.skipped + (whole?.skipped ?? 0);
    const few = this.#examples < 2;
    const standardError = few ? null : Math.sqrt(this.#squares / (this.#examples - 1) / this.#examples);
    return {
      planned,
      ok: this.ok,
      failed,
      skipped,
      missing: Math.max(0, planned - this.ok - failed - skipped),
      mean: this.#examples === 0 ? null : this.#mean,
      standardError,
      interval: standardError === null ? null : this.#interval(standardError),
      labels: Object.fromEntries(this.#labels),
      direction: this.#direction ?? 'maximize',
    };
  }

  #interval(standardError: number): readonly [low: number, high: number] {
    if (this.#allPassOrFail) return wilson(this.#passed, this.#examples);
    const half = studentT975(this.#examples - 1) * standardError;
    return [this.#mean - half, this.#mean + half];
  }
}

/** A list of numbers at 8 bytes each: a million latencies stay a million latencies. */
class Numbers {
  #values = new Float64Array(64);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** The numbers in order. Sorted in place: nobody asks for the order they came in. */
  sorted(): Float64Array {
    return this.#values.subarray(0, this.#length).sort();
  }
}
