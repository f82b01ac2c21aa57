import type { ColumnTable } from 'arquero';
import type { ColumnKind, evaluationColumns, exampleColumns, runColumns } from './columns.ts';

/**
 * An Arquero table whose columns an editor knows: they are completed in `get`, `array`, `column`, `select` and `orderby`, and
 * in the rows of `filter` and `objects`. Other names are taken as they are, since a table has more columns than its type can
 * know: `eval.exact.score`, `input.question`, what a `derive` adds.
 */
export interface TypedFrame<Columns extends Readonly<Record<string, ColumnKind>>> extends ColumnTable {
  get(name: Name<Columns>, row?: number): ReturnType<ColumnTable['get']>;
  array(name: Name<Columns>, type?: Parameters<ColumnTable['array']>[1]): ReturnType<ColumnTable['array']>;
  column(name: Name<Columns>): ReturnType<ColumnTable['column']>;
  filter(criteria: (row: Row<Columns>) => unknown): this;
  filter(criteria: Parameters<ColumnTable['filter']>[0]): this;
  select(...columns: readonly (Name<Columns> | Parameters<ColumnTable['select']>[0])[]): this;
  orderby(...keys: readonly (Name<Columns> | Parameters<ColumnTable['orderby']>[0])[]): this;
  objects(options?: Parameters<ColumnTable['objects']>[0]): Row<Columns>[];
}

/** What `runsFrame` gives: a row a task run. */
export type RunsFrame = TypedFrame<typeof runColumns>;
/** What `evaluationsFrame` gives: a row an evaluation. */
export type EvaluationsFrame = TypedFrame<typeof evaluationColumns>;
/** What `examplesFrame` gives: a row an example. */
export type ExamplesFrame = TypedFrame<typeof exampleColumns>;

/** `string & {}` keeps an editor from forgetting the names that it knows. */
type Name<Columns> = Extract<keyof Columns, string> | (string & {});

/** A row. Cells of most columns may be null; in an expression a null is what it is in JavaScript, so it stands in no type. */
type Row<Columns extends Readonly<Record<string, ColumnKind>>> = {
  readonly [Column in keyof Columns]: Cell[Columns[Column]];
  // oxlint-disable-next-line typescript/no-explicit-any -- as in Arquero's own rows
} & { readonly [column: string]: any };

interface Cell {
  readonly text: string;
  readonly coded: string;
  readonly float: number;
  readonly integer: number;
  readonly boolean: boolean;
  readonly time: Date;
}
