import { type Alternative, alternativeOption, fractionOption, sameLength, wordOption, needInput } from './check.ts';
import { studentTQuantile } from './distributions.ts';
import { type TTest, tTest } from './t-test.ts';
import { isPresent, moments, type Values } from './values.ts';

/** What each row belongs to: a document, a conversation, an example. A row without one is a cluster by itself. */
export type Clusters = ArrayLike<string | number | null | undefined>;

/** `CR1`: × √(G ÷ (G − 1)), for few clusters; `CR0`: as it is; `miller`: Miller's sum, which adds cross terms to s² ÷ n. */
export type ClusterCorrection = 'CR1' | 'CR0' | 'miller';

export interface ClusteredError {
  readonly mean: number | null;
  /** `null` below two clusters. */
  readonly stderr: number | null;
  readonly n: number;
  readonly clusters: number;
}

/**
 * The standard error of a mean whose rows come in groups, so that rows of one group are not counted as independent.
 *
 * Source: Liang and Zeger (1986) as in `statsmodels` `OLS(…).fit(cov_type='cluster')` for CR1 and CR0, and Inspect AI's
 * `stderr(cluster=)`; Miller, Adding Error Bars to Evals (arXiv 2411.00640), section 2.2, for `miller`.
 */
export function clusteredStderr(
  input: { readonly values: Values; readonly clusters: Clusters },
  { correction = 'CR1' }: { readonly correction?: ClusterCorrection | undefined } = {},
): ClusteredError {
  const { values, clusters } = needInput('values, clusters', input);
  wordOption('correction', correction, ['CR1', 'CR0', 'miller']);
  sameLength('values and clusters', values, clusters);
  const kept: number[] = [];
  const groupOfRow: number[] = [];
  const groups = new Map<unknown, number>();
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (!isPresent(value)) continue;
    const cluster = clusters[row] ?? Symbol('alone');
    if (!groups.has(cluster)) groups.set(cluster, groups.size);
    groupOfRow.push(groups.get(cluster)!);
    kept.push(value);
  }
  const { count: n, mean, squares } = moments(kept);
  const base = { mean: n === 0 ? null : mean, n, clusters: groups.size };
  if (groups.size < 2) return { ...base, stderr: null };

  const sums = new Float64Array(groups.size);
  kept.forEach((value, row) => (sums[groupOfRow[row]!]! += value - mean));
  const between = sums.reduce((sum, total) => sum + total * total, 0);
  const scale = correction === 'CR1' ? groups.size / (groups.size - 1) : 1;
  const variance =
    correction === 'miller' ? squares / (n - 1) / n + (between - squares) / (n * n) : (scale * between) / (n * n);
  return { ...base, stderr: variance < 0 ? null : Math.sqrt(variance) };
}

/**
 * The mean of grouped rows and its interval: Student's t with G − 1 degrees of freedom on `clusteredStderr`.
 *
 * Source: Inspect AI's `ci(method='t', cluster=)`.
 */
export function clusteredMeanCi(
  input: { readonly values: Values; readonly clusters: Clusters },
  {
    confidence = 0.95,
    correction,
  }: { readonly confidence?: number | undefined; readonly correction?: ClusterCorrection | undefined } = {},
): {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly df: number | null;
} {
  fractionOption('confidence', confidence);
  const { mean, stderr, clusters } = clusteredStderr(input, { correction });
  if (mean === null || stderr === null) return { mean, low: null, high: null, df: clusters < 2 ? null : clusters - 1 };
  const df = clusters - 1;
  const margin = studentTQuantile((1 + confidence) / 2, df) * stderr;
  return { mean, low: mean - margin, high: mean + margin, df };
}

/**
 * A paired test of b − a whose pairs come in groups: Student's t with G − 1 degrees of freedom on the clustered error.
 *
 * Source: Miller (arXiv 2411.00640), paired and clustered; `statsmodels` `OLS(b - a ~ 1)` clustered.
 */
export function pairedClustered(
  input: { readonly a: Values; readonly b: Values; readonly clusters: Clusters },
  options: {
    readonly correction?: ClusterCorrection | undefined;
    readonly alternative?: Alternative | undefined;
    readonly confidence?: number | undefined;
  } = {},
): TTest & { readonly clusters: number } {
  const { a, b, clusters } = needInput('a, b, clusters', input);
  sameLength('a and b', a, b);
  const values = Array.from({ length: a.length }, (_, row) => {
    const [x, y] = [a[row], b[row]];
    return isPresent(x) && isPresent(y) ? y - x : null;
  });
  const error = clusteredStderr({ values, clusters }, { correction: options.correction });
  const test = tTest(
    { n: error.n, mean: error.mean, stderr: error.stderr, df: error.clusters - 1 },
    alternativeOption(options.alternative),
    fractionOption('confidence', options.confidence ?? 0.95),
  );
  return { ...test, clusters: error.clusters };
}
