import { invalidInput, needInput, needList } from './check.ts';
import { chiSquaredTail } from './distributions.ts';
import { averageRanks, isPresent, tieTerm, type Values } from './values.ts';

/**
 * Cochran's Q test that several experiments pass equally often. Rows are examples, columns experiments, cells 0 or 1; a
 * row with a missing cell is left out. `null` when no row tells the experiments apart.
 *
 * Source: Cochran (1950), as `statsmodels.stats.contingency_tables.cochrans_q`.
 *
 * @throws AssayError `invalid-input` for a cell that is neither 0 nor 1, and for rows of unequal length.
 */
export function cochranQ(input: { readonly table: readonly Values[] }): {
  readonly q: number | null;
  readonly df: number | null;
  readonly p: number | null;
} {
  const { table } = needInput('table', input);
  const rows = wholeRows(table);
  const columns = rows[0]?.length ?? 0;
  if (columns < 2) return { q: null, df: null, p: null };
  const columnSums = new Float64Array(columns);
  let total = 0;
  let squaredRows = 0;
  for (const row of rows) {
    let rowSum = 0;
    row.forEach((cell, column) => {
      if (cell !== 0 && cell !== 1) throw invalidInput('a cell', '0 or 1', cell);
      columnSums[column]! += cell;
      rowSum += cell;
    });
    total += rowSum;
    squaredRows += rowSum * rowSum;
  }
  const df = columns - 1;
  const squaredColumns = columnSums.reduce((sum, value) => sum + value * value, 0);
  const within = columns * total - squaredRows;
  if (within === 0) return { q: null, df, p: null };
  const q = (df * (columns * squaredColumns - total * total)) / within;
  return { q, df, p: chiSquaredTail(q, df) };
}

/**
 * Friedman's test that several experiments rank alike. Rows are examples, columns experiments; a row with a missing cell
 * is left out. `null` without two columns, or when every row is tied throughout.
 *
 * Source: Friedman (1937) with the correction for ties, as `scipy.stats.friedmanchisquare`.
 */
export function friedman(input: { readonly table: readonly Values[] }): {
  readonly chi2: number | null;
  readonly df: number | null;
  readonly p: number | null;
} {
  const { table } = needInput('table', input);
  const rows = wholeRows(table);
  const columns = rows[0]?.length ?? 0;
  const n = rows.length;
  if (columns < 2) return { chi2: null, df: null, p: null };
  const sums = new Float64Array(columns);
  let tied = 0;
  for (const row of rows) {
    const { ranks, ties } = averageRanks(row);
    tied += tieTerm(ties);
    ranks.forEach((rank, column) => (sums[column]! += rank));
  }
  const df = columns - 1;
  const correction = 1 - tied / (columns * (columns * columns - 1) * n);
  if (correction === 0) return { chi2: null, df, p: null };
  const squares = sums.reduce((sum, value) => sum + value * value, 0);
  const chi2 = ((12 / (columns * n * (columns + 1))) * squares - 3 * n * (columns + 1)) / correction;
  return { chi2, df, p: chiSquaredTail(chi2, df) };
}

function wholeRows(table: readonly Values[]): readonly Float64Array[] {
  const columns = needList('table', table)[0]?.length ?? 0;
  const uneven = table.find((row) => row.length !== columns);
  if (uneven) throw invalidInput('every row', `of ${columns} cells`, uneven.length);
  return table
    .filter((row) => Array.from(row).every(isPresent))
    .map((row) => Float64Array.from(row as ArrayLike<number>));
}
