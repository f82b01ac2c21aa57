import { invalidInput, sameLength, wordOption, needInput, needList } from './check.ts';

/** A category: a label, or a grade. `null` is missing. */
export type Category = string | number | boolean;

/** Categories, one a row; `null`, `undefined`, `NaN` and infinities are missing. */
export type Categories = ArrayLike<Category | null | undefined>;

export interface CohenKappaOptions {
  /** How much a disagreement weighs by its distance in the order of `labels`. Default: all alike. */
  readonly weights?: 'linear' | 'quadratic' | null | undefined;
  /** The categories in order; pairs with another one do not count. Default: all that occur, sorted. */
  readonly labels?: readonly Category[] | undefined;
}

/**
 * Cohen's κ of two judges: their agreement beyond chance. `null` without a pair, and when both only ever use one and the
 * same category. Pairs with a missing rating are left out.
 *
 * Source: Cohen (1960, weighted 1968), as `sklearn.metrics.cohen_kappa_score`.
 */
export function cohenKappa(
  input: { readonly a: Categories; readonly b: Categories },
  { weights = null, labels }: CohenKappaOptions = {},
): { readonly n: number; readonly kappa: number | null; readonly agreement: number | null } {
  const { a, b } = needInput('a, b', input);
  if (weights !== null) wordOption('weights', weights, ['linear', 'quadratic']);
  const { matrix, n } = countPairs(a, b, labels ?? sortedCategories(a, b));
  if (n === 0) return { n, kappa: null, agreement: null };
  const rowSums = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columnSums = matrix.map((_, column) => matrix.reduce((sum, row) => sum + row[column]!, 0));
  let seen = 0;
  let byChance = 0;
  let agreed = 0;
  matrix.forEach((row, i) =>
    row.forEach((count, j) => {
      const weight = weights === null ? Number(i !== j) : weights === 'linear' ? Math.abs(i - j) : (i - j) ** 2;
      seen += weight * count;
      byChance += (weight * rowSums[i]! * columnSums[j]!) / n;
      if (i === j) agreed += count;
    }),
  );
  return { n, kappa: byChance === 0 ? null : 1 - seen / byChance, agreement: agreed / n };
}

/**
 * Fleiss' κ of any number of judges. Rows are items, columns categories, cells how many judges chose it; every row adds
 * up to the same number of judges. `null` without an item, with one judge, and when only one category was ever chosen.
 *
 * Source: Fleiss (1971), and Randolph (2005) for `randolph`, as `statsmodels.stats.inter_rater.fleiss_kappa`.
 *
 * @throws AssayError `invalid-input` when rows add up to different numbers; `krippendorffAlpha` takes those.
 */
export function fleissKappa(
  input: { readonly table: readonly ArrayLike<number>[] },
  { method = 'fleiss' }: { readonly method?: 'fleiss' | 'randolph' | undefined } = {},
): { readonly kappa: number | null } {
  const { table } = needInput('table', input);
  wordOption('method', method, ['fleiss', 'randolph']);
  const rows = needList('table', table).map((row) => Array.from(row));
  const judges = sum(rows[0] ?? []);
  const uneven = rows.findIndex((row) => sum(row) !== judges || row.length !== rows[0]!.length);
  if (uneven >= 0)
    throw invalidInput(
      `row ${uneven + 1} of the table`,
      `${judges} ratings in ${rows[0]!.length} categories`,
      rows[uneven]!.join(', '),
    );
  if (rows.length === 0 || judges < 2) return { kappa: null };
  const total = rows.length * judges;
  const shares = rows[0]!.map((_, column) => rows.reduce((count, row) => count + row[column]!, 0) / total);
  const agreeing = rows.reduce((pairs, row) => pairs + row.reduce((inRow, count) => inRow + count * (count - 1), 0), 0);
  const seen = agreeing / (total * (judges - 1));
  const byChance = method === 'fleiss' ? sum(shares.map((share) => share * share)) : 1 / shares.length;
  // Equal to 1 up to rounding: one category took every rating, or there is only one.
  if (shares.filter((share) => share > 0).length < 2 && method === 'fleiss') return { kappa: null };
  return { kappa: byChance === 1 ? null : (seen - byChance) / (1 - byChance) };
}

/** How often each pair of categories occurs: rows by `a`, columns by `b`, in the order of `labels`. */
export function countPairs(
  a: Categories,
  b: Categories,
  labels: readonly Category[],
): { readonly matrix: readonly (readonly number[])[]; readonly n: number } {
  sameLength('a and b', a, b);
  const place = new Map(labels.map((label, at) => [label, at]));
  const matrix = labels.map(() => labels.map(() => 0));
  let n = 0;
  for (let row = 0; row < a.length; row += 1) {
    const i = isCategory(a[row]) ? place.get(a[row]!) : undefined;
    const j = isCategory(b[row]) ? place.get(b[row]!) : undefined;
    if (i === undefined || j === undefined) continue;
    matrix[i]![j]! += 1;
    n += 1;
  }
  return { matrix, n };
}

/** Every category that occurs: numbers by size, then the rest by code point. */
export function sortedCategories(...columns: readonly Categories[]): readonly Category[] {
  const found = new Set<Category>();
  for (const column of columns) {
    needList('categories', column);
    for (let row = 0; row < column.length; row += 1) {
      const category = column[row];
      if (isCategory(category)) found.add(category);
    }
  }
  return [...found].sort((x, y) => {
    if (typeof x === 'number' && typeof y === 'number') return x - y;
    if (typeof x === 'number' || typeof y === 'number') return typeof x === 'number' ? -1 : 1;
    return String(x) < String(y) ? -1 : 1;
  });
}

/** Whether a rating is there. */
export function isCategory(value: Category | null | undefined): value is Category {
  return value !== null && value !== undefined && (typeof value !== 'number' || Number.isFinite(value));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
