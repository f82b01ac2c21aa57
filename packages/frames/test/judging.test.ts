import { AssayError } from '@assay/core';
import { describe, expect, test } from 'vitest';
import { agreement, classification, correctedPassRate, pairwise, passAtK, runsFrame } from '../src/index.ts';
import { correctedPrevalence } from '../src/statistics/index.ts';
import { type Cell, scored, table } from './fixtures/scored.ts';

/** Task runs with the labels (and scores) of several judges. */
function judged(
  judges: Readonly<Record<string, readonly (string | null)[]>>,
  scores: Readonly<Record<string, readonly number[]>> = {},
  expected: readonly unknown[] = [],
) {
  const count = Math.max(...Object.values(judges).map((labels) => labels.length));
  const columns = Object.entries(judges).map(([metric, labels]) =>
    scored(
      table(count, (index): Cell => (labels[index] === null ? 'failed' : (scores[metric]?.[index] ?? 0))),
      {
        metric,
        label: (_, exampleId) => labels[Number(exampleId.split('-')[1])] ?? null,
        example: (id) => ({
          expected: expected[Number(id.split('-')[1])] ?? null,
          metadata: { truth: judges['human']?.[Number(id.split('-')[1])] ?? null },
        }),
      },
    ),
  );
  return {
    ...columns[0]!,
    evaluationRuns: columns.flatMap(({ evaluationRuns }) =>
      evaluationRuns.map((run) => ({ ...run, id: `${run.id}/${run.name}` })),
    ),
  };
}

const human = ['yes', 'yes', 'no', 'no', 'yes', 'no', 'yes', 'no'];
const judge = ['yes', 'no', 'no', 'no', 'yes', 'yes', 'yes', null];

describe('classification', () => {
  const source = judged({ human, judge }, { judge: [0.9, 0.4, 0.2, 0.1, 0.8, 0.7, 0.95, 0] });

  test.each<[string, Parameters<typeof classification>[0]]>([
    ['records', source],
    ['a frame', runsFrame(source)],
  ])('compares an evaluator with another, from %s', (_, from) => {
    const result = classification(from, { label: 'judge', expected: 'human', positive: 'yes' });
    expect(result).toMatchObject({
      n: 7,
      missing: 1,
      labels: ['no', 'yes'],
      matrix: [
        [2, 1],
        [1, 3],
      ],
      accuracy: 5 / 7,
      support: [3, 4],
      precision: [2 / 3, 3 / 4],
      recall: [2 / 3, 3 / 4],
      binary: { tp: 3, fp: 1, fn: 1, tn: 2 },
    });
    // Of the 4 × 3 pairs of a yes and a no, one yes (0.4) lies below one no (0.7).
    expect(result.rocAuc).toBeCloseTo(11 / 12);
    expect(result.kappa).toBeCloseTo((5 / 7 - (3 * 3 + 4 * 4) / 49) / (1 - (3 * 3 + 4 * 4) / 49));
    expect(result.calibration?.curve).toHaveLength(10);
  });

  test('compares with a column, and with a key of the metadata', () => {
    const byMetadata = classification(source, { label: 'judge', expected: 'metadata.truth' });
    expect(byMetadata.matrix).toEqual([
      [2, 1],
      [1, 3],
    ]);
    const withExpected = judged({ judge }, {}, human);
    expect(classification(withExpected, { label: 'judge', expected: 'expected' })).toMatchObject({
      matrix: [
        [2, 1],
        [1, 3],
      ],
      binary: null,
      rocAuc: null,
    });
  });

  test('refuses a name that is neither a column nor an evaluator', () => {
    expect(() => classification(source, { label: 'judges', expected: 'human' })).toThrow(
      /Expected an evaluator or a column of 'human', 'judge'.+, got 'judges'/,
    );
  });
});

describe('agreement', () => {
  test('gives κ for every two judges and α for all', () => {
    const { alpha, pairs } = agreement(judged({ human, judge, same: human }), { judges: ['human', 'judge', 'same'] });
    expect(pairs.map(({ a, b, n, agreement: share }) => [a, b, n, share])).toEqual([
      ['human', 'judge', 7, 5 / 7],
      ['human', 'same', 8, 1],
      ['judge', 'same', 7, 5 / 7],
    ]);
    expect(pairs[1]!.kappa).toBe(1);
    expect(alpha).toBeGreaterThan(0.5);
    expect(agreement(judged({ human, same: human }), { judges: ['human', 'same'] }).alpha).toBe(1);
  });

  test('needs two judges', () => {
    expect(() => agreement(judged({ human }), { judges: ['human'] })).toThrow('at least two names');
  });
});

describe('a corrected pass rate', () => {
  test("takes the judge's errors out, by the runs that people labelled", () => {
    const labelled = Array.from({ length: 40 }, (_, row) => (row < 20 ? (row < 10 ? 'yes' : 'no') : null));
    const verdicts = Array.from({ length: 40 }, (_, row) =>
      row < 8 || row >= 28 || (row >= 10 && row < 11) ? 'yes' : 'no',
    );
    const result = correctedPassRate(judged({ judge: verdicts, human: labelled }), {
      judge: 'judge',
      human: 'human',
      positive: 'yes',
    });
    const counts = {
      judged: { successes: 21, n: 40 },
      sensitivity: { successes: 8, n: 10 },
      specificity: { successes: 9, n: 10 },
    };
    expect(result).toEqual({
      judged: 40,
      labelled: 20,
      sensitivity: 0.8,
      specificity: 0.9,
      ...correctedPrevalence(counts),
    });
    expect(result.corrected).toBeCloseTo((21 / 40 + 0.9 - 1) / 0.7);
    expect(result.low).toBeLessThan(result.corrected!);
    expect(result.high).toBeGreaterThan(result.corrected!);
  });

  test('reads a score of 1 as a pass, and refuses scores between', () => {
    const source = judged({ judge: ['', '', ''], human: ['', '', ''] }, { judge: [1, 0, 1], human: [1, 0, 0] });
    expect(correctedPassRate(source, { judge: 'judge', human: 'human' })).toMatchObject({
      rate: 2 / 3,
      sensitivity: 1,
      specificity: 0.5,
    });
    const between = judged({ judge: [''], human: [''] }, { judge: [0.5], human: [1] });
    expect(() => correctedPassRate(between, { judge: 'judge', human: 'human' })).toThrow(
      "Expected the scores of 'judge' to be 0 or 1, got 0.5",
    );
  });
});

test('joins the verdicts on both orders of a pair, and counts flips', () => {
  const source = judged({ ab: ['A', 'A', 'B', 'C', 'A', null], ba: ['A', 'B', 'B', 'B', 'C', 'A'] });
  expect(pairwise(source, { aFirst: 'ab', bFirst: 'ba', labels: { a: 'A', b: 'B', tie: 'C' } })).toMatchObject({
    n: 5,
    aWins: 2,
    bWins: 2,
    ties: 1,
    flips: 1,
    flipRate: 1 / 5,
    firstRate: 6 / 8,
    bRate: 0.5,
    p: 1,
  });
  expect(() => pairwise(source, { aFirst: 'ab', bFirst: 'ba' })).toThrow(
    "Expected a label of 'ab' to be 'a', 'b' or 'tie', got 'A'",
  );
});

describe('pass@k', () => {
  const source = scored(
    table(
      4,
      (index) =>
        [
          [1, 1, 1],
          [1, 0, 0],
          [0, 0, 0],
          [1, 'failed', 'task failed'],
        ][index]! as readonly Cell[],
    ),
  );

  test('averages the chance of each example, over those with enough scored runs', () => {
    expect(passAtK(source, { evaluator: 'exact', k: 2 })).toMatchObject({ examples: 3, tooFew: 1 });
    expect(passAtK(source, { evaluator: 'exact', k: 2 }).passAtK).toBeCloseTo((1 + 2 / 3 + 0) / 3);
    expect(passAtK(source, { evaluator: 'exact', k: 2 }).passHatK).toBeCloseTo((1 + 0 + 0) / 3);
    expect(passAtK(source, { evaluator: 'exact', k: 1 }).passAtK).toBeCloseTo((1 + 1 / 3 + 0 + 1) / 4);
  });

  test('is null when no example has enough runs', () => {
    expect(passAtK(source, { evaluator: 'exact', k: 4 })).toMatchObject({
      passAtK: null,
      passHatK: null,
      examples: 0,
      tooFew: 4,
    });
  });

  test('refuses an unknown evaluator', () => {
    expect(() => passAtK(source, { evaluator: 'exactly', k: 1 })).toThrow(AssayError);
  });
});
