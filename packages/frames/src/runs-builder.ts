import type { Direction, EvaluationRun, Example, Experiment, RunEvent, TaskRun } from '@assay/core';
import type { ColumnTable } from 'arquero';
import { cellText } from './cell-text.ts';
import { Growing, TextBuilder } from './column/builder.ts';
import { TextColumn } from './column/text.ts';
import { runColumns } from './columns.ts';
import { flattenColumn, FlattenScan, type FlattenShape } from './flatten.ts';
import { infoOf } from './frame-info.ts';
import { needIterable, needSettings } from './given.ts';
import { frameTable, type NamedColumn } from './frame-table.ts';
import { plannedEvaluators, withoutVerdict } from './planned-evaluators.ts';
import { EvaluatorRows, RunRows } from './run-rows.ts';
import { RunSlots } from './run-slots.ts';

export interface RunsFrameOptions {
  /** Replaces each column whose values are all objects by one column for each key, such as `input.question`. Default false. */
  readonly flatten?: boolean | undefined;
}

/** What a frame of a later part of the same experiment has to look like. */
export interface RunsFrameShape {
  readonly evaluators: readonly string[];
  readonly directions: Readonly<Record<string, Direction>>;
  readonly flattened: ReadonlyMap<string, FlattenShape>;
}

const flattenable = ['input', 'expected', 'output', 'metadata'] as const;

/**
 * Builds a runs frame from records as they come, in any order.
 *
 * Text is kept as UTF-8 outside of the heap, so a million runs take about what they take in an Arrow file.
 *
 * @example
 * ```ts
 * import { streamExperiment } from '@assay/core';
 * import { createRunsFrameBuilder } from '@assay/frames';
 *
 * const dataset = [{ id: 'peru', input: 'Capital of Peru?', expected: 'Lima', metadata: {}, splits: [] }];
 * const builder = createRunsFrameBuilder(dataset);
 * for await (const event of streamExperiment({ dataset, task: () => 'Lima', evaluators: {} })) {
 *   builder.addEvent(event);
 * }
 * const frame = builder.table();
 * ```
 */
export function createRunsFrameBuilder(
  examples: Iterable<Example> = [],
  options: RunsFrameOptions = {},
): RunsFrameBuilder {
  const builder = new RunsFrameBuilder(needSettings('how to build the frame as { flatten }', options));
  for (const example of needIterable('examples as a list', examples)) builder.addExample(example);
  return builder;
}

export class RunsFrameBuilder {
  readonly #flatten: boolean;
  readonly #keepsRows: boolean;
  readonly #slots = new RunSlots();
  readonly #examples = { input: new TextBuilder(), expected: new TextBuilder(), metadata: new TextBuilder() };
  readonly #scans = new Map(flattenable.map((name) => [name, new FlattenScan()]));
  /** The row in `#examples` of each example; -1 when the example itself was never given. */
  readonly #exampleRows = new Growing(Int32Array);
  readonly #runs = new RunRows();
  readonly #evaluators = new Map<string, EvaluatorRows>();
  /** By evaluator, in order of first appearance. */
  readonly #directions = new Map<string, Direction>();
  #experiment: Experiment | null = null;

  /** @param keeps - `shape only` forgets the records and keeps what `shape` tells. */
  constructor(options: RunsFrameOptions = {}, keeps: 'everything' | 'shape only' = 'everything') {
    this.#flatten = options.flatten === true;
    this.#keepsRows = keeps === 'everything';
  }

  /** How many task runs were given. */
  get length(): number {
    return this.#runs.length;
  }

  /** Sets the experiment that `frameInfo` tells of, and whose evaluators have columns, called or not. */
  setExperiment(experiment: Experiment): void {
    this.#experiment = experiment;
  }

  /** Gives an example. The order of examples is the order of the frame; a run of one that was not given comes last. */
  addExample(example: Example): void {
    if (this.#flatten)
      for (const name of ['input', 'expected', 'metadata'] as const) this.#scans.get(name)?.meet(example[name]);
    if (!this.#keepsRows) return;
    const code = this.#slots.exampleCode(example.id);
    if ((this.#exampleRows.at(code) ?? -1) >= 0) return;
    this.#exampleRows.set(code, this.#examples.input.length, -1);
    for (const name of ['input', 'expected', 'metadata'] as const) this.#examples[name].push(cellText(example[name]));
  }

  /** Gives a task run. One of the same example and repetition replaces it, and the verdicts of code and models on it. */
  addTaskRun(run: TaskRun): void {
    if (this.#flatten) this.#scans.get('output')?.meet(run.output);
    if (!this.#keepsRows) return;
    const taken = this.#slots.place(run.exampleId, run.repetition, this.#runs.length);
    if (taken >= 0) this.#evaluators.forEach((rows) => rows.drop(taken));
    this.#runs.push(run);
  }

  /** Gives an evaluation. One of a run that was not given is left out. */
  addEvaluationRun(run: EvaluationRun): void {
    const slot = this.#slots.find(run.exampleId, run.repetition);
    if (slot < 0 && this.#keepsRows) return;
    this.#directions.set(run.name, run.direction);
    if (!this.#keepsRows) return;
    let rows = this.#evaluators.get(run.name);
    if (rows === undefined) this.#evaluators.set(run.name, (rows = new EvaluatorRows()));
    rows.push(slot, run);
  }

  /** Takes the record out of an event; other events change nothing. */
  addEvent(event: RunEvent): void {
    if (event.type === 'started') this.setExperiment(event.experiment);
    if (event.type === 'task-run-saved') this.addTaskRun(event.run);
    if (event.type === 'evaluation-run-saved') this.addEvaluationRun(event.run);
  }

  /** Whether an evaluator was met that has no column in a frame of this shape. */
  isBeyond({ evaluators }: RunsFrameShape): boolean {
    const known = new Set(evaluators);
    return [...this.#directions.keys()].some((name) => !known.has(name));
  }

  /** The evaluators met so far, those of the experiment that were not, and the keys that `flatten` makes columns of. */
  shape(): RunsFrameShape {
    const planned = this.#experiment === null ? new Map<string, Direction>() : plannedEvaluators(this.#experiment);
    const unmet = withoutVerdict(planned.keys(), this.#directions.keys());
    const known = unmet.flatMap((name) => {
      const direction = planned.get(name) ?? null;
      return direction === null ? [] : [[name, direction] as const];
    });
    const flattened = [...this.#scans].flatMap(([name, { shape }]) => (shape === null ? [] : [[name, shape] as const]));
    return {
      evaluators: [...this.#directions.keys(), ...unmet],
      directions: Object.fromEntries([...this.#directions, ...known]),
      flattened: new Map(flattened),
    };
  }

  /** The frame of what was given so far. It does not change when more is added. */
  table(shape: RunsFrameShape = this.shape()): ColumnTable {
    const slots = this.#slots.order();
    const columns = new Map([
      ...this.#exampleColumns(slots),
      ...this.#runs.columns(this.#slots.rows(slots, this.#runs.length)),
    ]);
    const evaluators = shape.evaluators.flatMap((name) =>
      (this.#evaluators.get(name) ?? new EvaluatorRows()).columns(name, slots, this.#slots.length),
    );
    const named = Object.keys(runColumns).flatMap((name) => withShape(name, columns.get(name), shape));
    return frameTable([...named, ...evaluators], infoOf(this.#experiment, shape.directions));
  }

  #exampleColumns(slots: Int32Array | null): NamedColumn[] {
    const examples = this.#slots.examples(slots);
    const rows = examples.codes.map((code) => this.#exampleRows.at(code) ?? -1);
    const isWhole = rows.length === this.#examples.input.length && rows.every((row, index) => row === index);
    const texts = (['input', 'expected', 'metadata'] as const).map((name): NamedColumn => {
      const column = this.#examples[name].column();
      return [name, isWhole ? column : column.take(rows)];
    });
    return [['example_id', examples], ...texts];
  }
}

function withShape(name: string, column: NamedColumn[1] | undefined, { flattened }: RunsFrameShape): NamedColumn[] {
  if (column === undefined) return [];
  const shape = flattened.get(name);
  return shape === undefined || !(column instanceof TextColumn) ? [[name, column]] : flattenColumn(name, column, shape);
}
