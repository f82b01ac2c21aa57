import { fractionOption, sameLength, wordOption, needInput } from './check.ts';
import { proportionCi } from './intervals.ts';
import { discordantP } from './mcnemar.ts';

/** Whom a pairwise judge preferred. */
export type Preference = 'a' | 'b' | 'tie';

/** What judging every pair in both orders showed; shares are `null` without a pair judged twice. */
export interface PreferenceResult {
  /** Pairs judged in both orders. */
  readonly n: number;
  /** Pairs in which both orders preferred b, or one did and the other tied. */
  readonly bWins: number;
  readonly aWins: number;
  /** All other pairs: a tie in both orders, or a flip. */
  readonly ties: number;
  /** Pairs whose winner changed with the order. */
  readonly flips: number;
  /** `flips` ÷ `n`, with Wilson's interval. */
  readonly flipRate: number | null;
  readonly flipLow: number | null;
  readonly flipHigh: number | null;
  /** How often what stood first won, of the orders that had a winner: 0.5 without a bias. */
  readonly firstRate: number | null;
  /** (bWins + ties ÷ 2) ÷ n. */
  readonly bRate: number | null;
  /** The exact two-sided sign test of bWins against aWins. */
  readonly p: number | null;
}

/**
 * Joins the verdicts of a pairwise judge on both orders of each pair. A pair that was not judged twice is left out.
 *
 * Source: the position bias of Zheng et al., Judging LLM-as-a-Judge (arXiv 2306.05685), section 3.3: a win counts only
 * when swapping does not turn it round.
 *
 * @param input - `aFirst`: whom the judge preferred when a stood first; `bFirst`: when b did. Row by row the same pair.
 */
export function pairwisePreference(
  input: {
    readonly aFirst: ArrayLike<Preference | null | undefined>;
    readonly bFirst: ArrayLike<Preference | null | undefined>;
  },
  options: { readonly confidence?: number | undefined } = {},
): PreferenceResult {
  const { aFirst, bFirst } = needInput('aFirst, bFirst', input);
  const confidence = fractionOption('confidence', options.confidence ?? 0.95);
  sameLength('aFirst and bFirst', aFirst, bFirst);
  let [n, aWins, bWins, flips, firstWins, decided] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < aFirst.length; row += 1) {
    const [one, other] = [aFirst[row], bFirst[row]];
    if (one === null || one === undefined || other === null || other === undefined) continue;
    wordOption('a preference', one, ['a', 'b', 'tie']);
    wordOption('a preference', other, ['a', 'b', 'tie']);
    n += 1;
    const winner = worth(one) + worth(other);
    if (winner > 0) bWins += 1;
    if (winner < 0) aWins += 1;
    if (worth(one) * worth(other) < 0) flips += 1;
    decided += Math.abs(worth(one)) + Math.abs(worth(other));
    firstWins += Number(one === 'a') + Number(other === 'b');
  }
  const flipped = proportionCi({ successes: flips, n }, { confidence });
  const ties = n - aWins - bWins;
  return {
    n,
    bWins,
    aWins,
    ties,
    flips,
    flipRate: flipped.p,
    flipLow: flipped.low,
    flipHigh: flipped.high,
    firstRate: decided === 0 ? null : firstWins / decided,
    bRate: n === 0 ? null : (bWins + ties / 2) / n,
    p: n === 0 ? null : discordantP(bWins, aWins),
  };
}

function worth(preference: Preference): number {
  return preference === 'b' ? 1 : preference === 'a' ? -1 : 0;
}
