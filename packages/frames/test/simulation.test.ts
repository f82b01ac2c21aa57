import { expect, test } from 'vitest';
import { compare } from '../src/index.ts';
import {
  createRandom,
  meanCi,
  normalQuantile,
  pairedClustered,
  pairedT,
  proportionCi,
  type RandomSource,
} from '../src/statistics/index.ts';
import { scored, table } from './fixtures/scored.ts';

/** How many experiments are simulated for each test; more by the environment, as in `SIMULATIONS=20000`. */
const rounds = Number(process.env['SIMULATIONS'] ?? 400);

/** A share that is `nominal` in truth strays from it by more than this only once in some ten thousand runs. */
function slack(nominal: number): number {
  return 4 * Math.sqrt((nominal * (1 - nominal)) / rounds);
}

/** The share of rounds for which something holds. */
function share(holds: (random: RandomSource, round: number) => boolean): number {
  const random = createRandom(20261120);
  let count = 0;
  for (let round = 0; round < rounds; round += 1) count += Number(holds(random, round));
  return count / rounds;
}

const uniform = (random: RandomSource) => (random.bits() + 0.5) / 0x1_0000_0000;
const normal = (random: RandomSource) => normalQuantile(uniform(random));

/** A score of an example that is as hard in both experiments. */
const graded = (random: RandomSource, hard: number) => 0.5 + 0.2 * hard + 0.15 * normal(random);
const passed = (random: RandomSource, hard: number) => Number(uniform(random) < 1 / (1 + Math.exp(-hard)));

test.each<[string, number, number, (random: RandomSource, hard: number) => number]>([
  ['graded scores', 30, 1, graded],
  ['graded scores with repetitions', 20, 4, graded],
  ['0/1 scores', 40, 1, passed],
  ['0/1 scores with repetitions', 25, 5, passed],
])('a comparison of equals with %s finds a difference in at most 5 %', (_, examples, repetitions, score) => {
  const rate = share((random) => {
    const hard = Array.from({ length: examples }, () => normal(random));
    const side = () =>
      scored(table(examples, (index) => Array.from({ length: repetitions }, () => score(random, hard[index]!))));
    const { verdict } = compare(side(), side()).metrics[0]!;
    return verdict === 'better' || verdict === 'worse';
  });
  expect(rate).toBeLessThanOrEqual(0.05 + slack(0.05));
});

test.each(['wilcoxon', 'permutation', 'bootstrap'] as const)('so does one by %s', (name) => {
  const rate = share((random, round) => {
    // The resampling tests cost a thousand times more, so a quarter of the rounds stands for all.
    if (round % 4 !== 0) return false;
    const side = (seed: number[]) => scored(table(16, (index) => graded(random, seed[index]!)));
    const hard = Array.from({ length: 16 }, () => normal(random));
    const { verdict } = compare(side(hard), side(hard), { test: name, seed: round }).metrics[0]!;
    return verdict === 'better' || verdict === 'worse';
  });
  expect(rate * 4).toBeLessThanOrEqual(0.05 + 2 * slack(0.05));
});

test('a comparison of equals by many metrics finds any difference in at most 5 %', () => {
  const rate = share((random) => {
    const candidates = ['a', 'b', 'c', 'd', 'e'].map((id) =>
      scored(
        table(20, () => 0.15 * normal(random)),
        { id },
      ),
    );
    const { metrics } = compare(scored(table(20, () => 0.15 * normal(random))), candidates);
    return metrics.some(({ verdict }) => verdict === 'better' || verdict === 'worse');
  });
  expect(rate).toBeLessThanOrEqual(0.05 + slack(0.05));
});

test.each([
  [12, 1],
  [30, 1],
  [15, 4],
])(
  'the 95 % interval of a difference holds the truth in 95 % (%i examples, %i repetitions)',
  (examples, repetitions) => {
    const rate = share((random) => {
      const hard = Array.from({ length: examples }, () => normal(random));
      const side = (gain: number) =>
        scored(
          table(examples, (index) => Array.from({ length: repetitions }, () => graded(random, hard[index]!) + gain)),
        );
      const { ci_low, ci_high } = compare(side(0), side(0.07)).metrics[0]!;
      return ci_low! <= 0.07 && 0.07 <= ci_high!;
    });
    expect(Math.abs(rate - 0.95)).toBeLessThanOrEqual(slack(0.95));
  },
);

test('a difference no larger than the margin is called equivalent in at most 5 %', () => {
  const rate = share((random) => {
    const side = (gain: number) => scored(table(30, () => gain + 0.1 * normal(random)));
    return compare(side(0), side(0.08), { equivalenceMargin: 0.08 }).metrics[0]!.verdict === 'equivalent';
  });
  expect(rate).toBeLessThanOrEqual(0.05 + slack(0.05));
});

test('rows in groups fool the plain test and not the clustered one', () => {
  const clusters = Array.from({ length: 60 }, (_, row) => row % 12);
  const rates = { plain: 0, clustered: 0 };
  share((random) => {
    const shared = Array.from({ length: 12 }, () => normal(random));
    const b = clusters.map((cluster) => shared[cluster]! + 0.5 * normal(random));
    const a = b.map(() => 0);
    rates.plain += Number(pairedT({ a, b }).p! < 0.05) / rounds;
    rates.clustered += Number(pairedClustered({ a, b, clusters }).p! < 0.05) / rounds;
    return true;
  });
  expect(rates.plain).toBeGreaterThan(0.2);
  expect(rates.clustered).toBeLessThanOrEqual(0.05 + slack(0.05));
});

test('the intervals of a mean and of a share hold the truth as often as they say', () => {
  const mean = share((random) => {
    const { low, high } = meanCi({ values: Array.from({ length: 8 }, () => normal(random)) }, { confidence: 0.9 });
    return low! <= 0 && 0 <= high!;
  });
  expect(Math.abs(mean - 0.9)).toBeLessThanOrEqual(slack(0.9));
  const exact = share((random) => {
    const successes = Array.from({ length: 25 }, () => passed(random, 1)).filter((one) => one === 1).length;
    const { low, high } = proportionCi({ successes, n: 25 }, { method: 'clopper-pearson' });
    const truth = 1 / (1 + Math.exp(-1));
    return low! <= truth && truth <= high!;
  });
  expect(exact).toBeGreaterThanOrEqual(0.95 - slack(0.95));
});
