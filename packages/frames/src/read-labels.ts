import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { evaluatorColumn } from './columns.ts';
import { type AnalysisSource, isFrame } from './metric-source.ts';
import { codesOf, evaluatorNames, numbersOf } from './read-column.ts';
import { runsFrame } from './runs-frame.ts';
import { experimentOf } from './source.ts';

/** The runs frame of a source. Of records, with the keys of objects as columns: `metadata.topic`, `expected.answer`. */
export function frameOf(source: AnalysisSource): ColumnTable {
  if (isFrame(source)) return source;
  // Read twice below, so lists that can be read only once are copied first.
  const records = {
    experiment: experimentOf(source),
    examples: [...source.examples],
    taskRuns: [...source.taskRuns],
    evaluationRuns: [...source.evaluationRuns],
  };
  return runsFrame(records).assign(runsFrame(records, { flatten: true }));
}

/**
 * The text of a column, or the labels of an evaluator, a row a task run; `null` where there is none.
 *
 * @throws AssayError `invalid-config` when the frame has neither of that name.
 */
export function labelsOf(table: ColumnTable, name: string): readonly (string | null)[] {
  const column = table.columnNames().includes(name) ? name : evaluatorColumn(name, 'label');
  if (!table.columnNames().includes(column)) throw unknownName(table, name);
  const { codes, dictionary } = codesOf(table, column);
  return Array.from(codes, (code) => dictionary[code] ?? null);
}

/** The numbers of a column, or the scores of an evaluator; NaN where there is none. */
export function scoresOf(table: ColumnTable, name: string): Float64Array {
  const column = table.columnNames().includes(name) ? name : evaluatorColumn(name, 'score');
  if (!table.columnNames().includes(column)) throw unknownName(table, name);
  return numbersOf(table, column);
}

function unknownName(table: ColumnTable, name: string): AssayError {
  const known = [...evaluatorNames(table), ...table.columnNames().filter((column) => !column.startsWith('eval.'))];
  return new AssayError(
    'invalid-config',
    `Expected an evaluator or a column of ${known.map((one) => `'${one}'`).join(', ')}, got '${name}'`,
  );
}
