import type { Direction, EvaluationRun } from '@assay/core';
import { meanCi, proportionCi } from '@assay/frames/statistics';

/** What an evaluator has said so far. */
export interface RunningMean {
  readonly name: string;
  readonly direction: Direction;
  readonly mean: number | null;
  /** 95 %, as the summary will give it; `null` below 2 examples. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly scored: number;
  readonly failed: number;
}

/** Means of example means while the scores come in. */
export class RunningMeans {
  readonly #evaluators = new Map<string, Running>();

  add({ name, direction, exampleId, status, score }: EvaluationRun): void {
    let running = this.#evaluators.get(name);
    if (running === undefined) this.#evaluators.set(name, (running = new Running(direction)));
    if (status === 'failed') running.failed += 1;
    if (score !== null) running.add(exampleId, score);
  }

  now(): readonly RunningMean[] {
    return [...this.#evaluators].map(([name, running]) => ({ name, ...running.now() }));
  }
}

class Running {
  readonly direction: Direction;
  readonly #examples = new Map<string, { sum: number; scores: number }>();
  failed = 0;
  #scored = 0;

  constructor(direction: Direction) {
    this.direction = direction;
  }

  add(exampleId: string, score: number): void {
    const example = this.#examples.get(exampleId);
    if (example === undefined) this.#examples.set(exampleId, { sum: score, scores: 1 });
    else {
      example.sum += score;
      example.scores += 1;
    }
    this.#scored += 1;
  }

  now(): Omit<RunningMean, 'name'> {
    const examples = [...this.#examples.values()];
    const means = Float64Array.from(examples, ({ sum, scores }) => sum / scores);
    const areVerdicts = examples.every(({ sum, scores }) => scores === 1 && (sum === 0 || sum === 1));
    const { low, high } = areVerdicts
      ? proportionCi({ successes: sumOf(means), n: means.length })
      : meanCi({ values: means });
    return {
      direction: this.direction,
      mean: means.length === 0 ? null : sumOf(means) / means.length,
      interval: means.length < 2 || low === null || high === null ? null : [low, high],
      scored: this.#scored,
      failed: this.failed,
    };
  }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
