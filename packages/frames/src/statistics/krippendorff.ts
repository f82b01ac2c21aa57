import { type Categories, type Category, isCategory, sortedCategories } from './agreement.ts';
import { invalidInput, wordOption, needInput, needList } from './check.ts';

export interface KrippendorffOptions {
  /** What distances between ratings mean. Default `nominal`: equal or not. */
  readonly level?: 'nominal' | 'ordinal' | 'interval' | 'ratio' | undefined;
  /** The categories in order, for `ordinal` ratings that are words. Default: all that occur, sorted. */
  readonly labels?: readonly Category[] | undefined;
}

/**
 * Krippendorff's α of any number of judges, who need not all have judged everything. Rows are judges, columns items.
 * `null` when no item has two ratings, and when only one category occurs.
 *
 * Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), as PyPI's `krippendorff`.
 *
 * @throws AssayError `invalid-input` for `interval` and `ratio` ratings that are not numbers.
 */
export function krippendorffAlpha(
  input: { readonly ratings: readonly Categories[] },
  { level = 'nominal', labels }: KrippendorffOptions = {},
): { readonly alpha: number | null } {
  const { ratings } = needInput('ratings', input);
  wordOption('level', level, ['nominal', 'ordinal', 'interval', 'ratio']);
  const domain = labels ?? sortedCategories(...needList('ratings', ratings));
  if (level === 'interval' || level === 'ratio') {
    const word = domain.find((category) => typeof category !== 'number');
    if (word !== undefined) throw invalidInput(`a rating of level '${level}'`, 'a number', word);
  }
  const units = pairableUnits(ratings, domain);
  const marginals = domain.map((_, at) => units.reduce((sum, counts) => sum + counts[at]!, 0));
  const total = marginals.reduce((sum, count) => sum + count, 0);
  const distance = distanceOf(level, domain, marginals);
  let seen = 0;
  let byChance = 0;
  for (let c = 0; c < domain.length; c += 1) {
    for (let k = c + 1; k < domain.length; k += 1) {
      const apart = distance(c, k);
      byChance += apart * marginals[c]! * marginals[k]!;
      for (const counts of units) {
        if (counts[c]! > 0 && counts[k]! > 0)
          seen += (apart * counts[c]! * counts[k]!) / (counts.reduce((sum, count) => sum + count, 0) - 1);
      }
    }
  }
  return { alpha: byChance === 0 ? null : 1 - ((total - 1) * seen) / byChance };
}

/** For each item with at least two ratings: how often each category was given. */
function pairableUnits(ratings: readonly Categories[], domain: readonly Category[]): readonly Float64Array[] {
  const place = new Map(domain.map((category, at) => [category, at]));
  const items = Math.max(0, ...ratings.map((row) => row.length));
  const units: Float64Array[] = [];
  for (let item = 0; item < items; item += 1) {
    const counts = new Float64Array(domain.length);
    let given = 0;
    for (const row of ratings) {
      const rating = row[item];
      if (!isCategory(rating)) continue;
      const at = place.get(rating);
      if (at === undefined) throw invalidInput('a rating', `one of ${domain.join(', ')}`, rating);
      counts[at]! += 1;
      given += 1;
    }
    if (given > 1) units.push(counts);
  }
  return units;
}

/** Squared distances δ² between two categories, the first below the second in order (Krippendorff 2011, section D). */
function distanceOf(
  level: NonNullable<KrippendorffOptions['level']>,
  domain: readonly Category[],
  marginals: readonly number[],
): (c: number, k: number) => number {
  switch (level) {
    case 'nominal':
      return () => 1;
    case 'ordinal':
      return (c, k) => {
        const between = marginals.slice(c, k + 1).reduce((sum, count) => sum + count, 0);
        return (between - (marginals[c]! + marginals[k]!) / 2) ** 2;
      };
    case 'interval':
      return (c, k) => (Number(domain[c]) - Number(domain[k])) ** 2;
    case 'ratio':
      return (c, k) => {
        const sum = Number(domain[c]) + Number(domain[k]);
        return sum === 0 ? 0 : ((Number(domain[c]) - Number(domain[k])) / sum) ** 2;
      };
  }
}
