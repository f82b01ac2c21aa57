import { invalidInput, wholeOption, needInput } from './check.ts';

/** How often one example was run, and how often it passed. */
export interface Attempts {
  readonly n: number;
  readonly c: number;
}

/**
 * pass@k: the chance that at least one of `k` runs passes, without bias from `n` runs of which `c` passed:
 * 1 − C(n − c, k) ÷ C(n, k). `null` when there are fewer than k runs. Average it over examples.
 *
 * Source: Chen et al., Evaluating Large Language Models Trained on Code (arXiv 2107.03374), equation 1.
 */
export function passAtK(input: Attempts, options: { readonly k: number }): { readonly passAtK: number | null } {
  const { n, c } = needInput('n, c', input);
  const { k } = needInput('k', options);
  check(n, c, k);
  if (n < k) return { passAtK: null };
  let allFail = 1;
  for (let run = 0; run < k; run += 1) allFail *= Math.max(0, n - c - run) / (n - run);
  return { passAtK: 1 - allFail };
}

/**
 * pass^k: the chance that all of `k` runs pass: C(c, k) ÷ C(n, k). `null` when there are fewer than k runs. Average it over
 * examples.
 *
 * Source: Yao et al., τ-bench (arXiv 2406.12045), section 3.
 */
export function passHatK(input: Attempts, options: { readonly k: number }): { readonly passHatK: number | null } {
  const { n, c } = needInput('n, c', input);
  const { k } = needInput('k', options);
  check(n, c, k);
  if (n < k) return { passHatK: null };
  let allPass = 1;
  for (let run = 0; run < k; run += 1) allPass *= Math.max(0, c - run) / (n - run);
  return { passHatK: allPass };
}

function check(n: number, c: number, k: number): void {
  wholeOption('k', k, 1);
  if (!Number.isSafeInteger(n) || n < 0) throw invalidInput('n', 'a count', n);
  if (!Number.isSafeInteger(c) || c < 0 || c > n) throw invalidInput('c', `a count from 0 to ${n}`, c);
}
