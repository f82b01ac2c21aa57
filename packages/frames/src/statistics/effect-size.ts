import { needInput } from './check.ts';
import { moments, pairedDifferences, present, type Values } from './values.ts';

/**
 * Cohen's d of paired differences: mean(b − a) ÷ std(b − a). `null` below two pairs and without any variance.
 *
 * Source: Cohen, Statistical Power Analysis (1988), section 2.3.5 (`d_z`).
 */
export function cohensDz(input: { readonly a: Values; readonly b: Values }): { readonly d: number | null } {
  const { a, b } = needInput('a, b', input);
  const { count, mean, squares } = moments(pairedDifferences(a, b));
  return { d: ratio(mean, count < 2 ? 0 : Math.sqrt(squares / (count - 1))) };
}

/**
 * Cohen's d of two unpaired samples: (mean(b) − mean(a)) ÷ the pooled standard deviation; `g` is Hedges' version without
 * the bias of small samples. `null` when a sample is empty, with fewer than three values, and without any variance.
 *
 * Source: Cohen (1988), section 2.5; Hedges, Distribution Theory for Glass's Estimator (1981), with his approximation
 * 1 − 3 ÷ (4 df − 1).
 */
export function cohensD(input: { readonly a: Values; readonly b: Values }): {
  readonly d: number | null;
  readonly g: number | null;
} {
  const { a, b } = needInput('a, b', input);
  const first = moments(present(a));
  const second = moments(present(b));
  const df = first.count + second.count - 2;
  if (first.count === 0 || second.count === 0 || df < 1) return { d: null, g: null };
  const d = ratio(second.mean - first.mean, Math.sqrt((first.squares + second.squares) / df));
  return { d, g: d === null ? null : d * (1 - 3 / (4 * df - 1)) };
}

/**
 * Cliff's delta: how much more often a value of b lies above one of a than below, from −1 to 1. `null` when a sample is
 * empty.
 *
 * Source: Cliff, Dominance Statistics (1993).
 */
export function cliffsDelta(input: { readonly a: Values; readonly b: Values }): { readonly delta: number | null } {
  const { a, b } = needInput('a, b', input);
  const first = present(a).sort();
  const second = present(b).sort();
  if (first.length === 0 || second.length === 0) return { delta: null };
  let below = 0;
  let notAbove = 0;
  let dominance = 0;
  for (const value of second) {
    while (below < first.length && first[below]! < value) below += 1;
    while (notAbove < first.length && first[notAbove]! <= value) notAbove += 1;
    dominance += below - (first.length - notAbove);
  }
  return { delta: dominance / first.length / second.length };
}

function ratio(value: number, scale: number): number | null {
  return scale > 0 ? value / scale : null;
}
