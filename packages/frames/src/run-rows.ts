import type { EvaluationRun, TaskRun } from '@assay/core';
import { cellText } from './cell-text.ts';
import {
  CodedBuilder,
  type ColumnBuilder,
  FloatBuilder,
  Growing,
  IntegerBuilder,
  TextBuilder,
  TimeBuilder,
} from './column/builder.ts';
import { evaluatorColumn } from './columns.ts';
import type { NamedColumn } from './frame-table.ts';

/** The task runs of a frame as columns, in the order in which they come. */
export class RunRows {
  readonly #columns = {
    run_id: new TextBuilder(),
    experiment_id: new CodedBuilder(),
    repetition: new IntegerBuilder(),
    attempts: new IntegerBuilder(),
    output: new TextBuilder(),
    status: new CodedBuilder(),
    error: new TextBuilder(),
    trace_id: new TextBuilder(),
    start_time: new TimeBuilder(),
    end_time: new TimeBuilder(),
    latency_ms: new FloatBuilder(),
    wait_ms: new FloatBuilder(),
    cost_usd: new FloatBuilder(),
    prompt_tokens: new IntegerBuilder(),
    completion_tokens: new IntegerBuilder(),
  };

  get length(): number {
    return this.#columns.run_id.length;
  }

  push(run: TaskRun): void {
    const columns = this.#columns;
    columns.run_id.push(run.id);
    columns.experiment_id.push(run.experimentId);
    columns.repetition.push(run.repetition);
    columns.attempts.push(run.attempts);
    columns.output.push(cellText(run.output));
    columns.status.push(run.error === null ? 'ok' : 'failed');
    columns.error.push(run.error);
    columns.trace_id.push(run.traceId);
    columns.start_time.push(run.startedAt);
    columns.end_time.push(run.endedAt);
    columns.latency_ms.push(run.latencyMs);
    columns.wait_ms.push(run.waitMs);
    columns.cost_usd.push(run.usage?.costUsd ?? null);
    columns.prompt_tokens.push(run.usage?.promptTokens ?? null);
    columns.completion_tokens.push(run.usage?.completionTokens ?? null);
  }

  /** The columns, of the given rows; `null`: of all. */
  columns(rows: Int32Array | null): NamedColumn[] {
    return columnsOf(this.#columns, rows);
  }
}

/** The evaluations of one evaluator as columns, in the order in which they come. */
export class EvaluatorRows {
  readonly #columns = {
    status: new CodedBuilder(),
    score: new FloatBuilder(),
    label: new CodedBuilder(),
    explanation: new TextBuilder(),
    error: new TextBuilder(),
  };
  /** The row of each slot; -1 where there is none. */
  readonly #rowBySlot = new Growing(Int32Array);
  #kind: EvaluationRun['kind'] | null = null;

  push(slot: number, run: EvaluationRun): void {
    const columns = this.#columns;
    this.#rowBySlot.set(slot, columns.status.length, -1);
    columns.status.push(run.status);
    columns.score.push(run.score);
    columns.label.push(run.label);
    columns.explanation.push(run.explanation);
    columns.error.push(run.error);
    this.#kind = run.kind;
  }

  /** Forgets the evaluation of a run that was replaced. What a person said stays, as it does in a store. */
  drop(slot: number): void {
    if (slot < this.#rowBySlot.length && this.#kind !== 'HUMAN') this.#rowBySlot.set(slot, -1, -1);
  }

  /** The columns `eval.NAME.status` and so on, for the given slots; `null`: for the first `count` in order. */
  columns(name: string, slots: Int32Array | null, count: number): NamedColumn[] {
    const rows = new Int32Array(count);
    let isWhole = count === this.#columns.status.length;
    for (let index = 0; index < count; index++) {
      const row = this.#rowBySlot.at(slots === null ? index : (slots[index] ?? -1)) ?? -1;
      rows[index] = row;
      isWhole &&= row === index;
    }
    return columnsOf(this.#columns, isWhole ? null : rows, (part) => evaluatorColumn(name, part));
  }
}

/** The columns of the builders, of the given rows. */
export function columnsOf<Name extends string>(
  builders: Readonly<Record<Name, ColumnBuilder<never>>>,
  rows: Int32Array | null,
  nameOf: (name: Name) => string = (name) => name,
): NamedColumn[] {
  return namesOf(builders).map((name) => {
    const column = builders[name].column();
    return [nameOf(name), rows === null ? column : column.take(rows)];
  });
}

function namesOf<Name extends string>(builders: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(builders).filter((name): name is Name => Object.hasOwn(builders, name));
}
