import { AssayError } from '@assay/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as statistics from '../../src/statistics/index.ts';

const nothing = { values: [null, undefined, NaN] };
const noPairs = { a: [1, null], b: [null, 1] };
const onePair = { a: [0.5], b: [0.75] };
const samePairs = { a: [1, 0, 1], b: [1, 0, 1] };

describe('is null where it is undefined', () => {
  test.each<[string, unknown, object]>([
    [
      'the description of nothing',
      statistics.describe(nothing),
      { count: 0, nulls: 3, mean: null, sum: null, median: null },
    ],
    ['the spread of one value', statistics.describe({ values: [2] }), { mean: 2, std: null, stderr: null }],
    ['the quantile of nothing', statistics.quantile(nothing), { quantiles: [null] }],
    ['the interval of one value', statistics.meanCi({ values: [2] }), { mean: 2, low: null, high: null }],
    ['the share of no trials', statistics.proportionCi({ successes: 0, n: 0 }), { p: null, low: null, high: null }],
    ['the bootstrap of one value', statistics.bootstrapCi({ values: [2] }), { low: null, high: null }],
    ['the BCa interval of equal values', statistics.bootstrapCi({ values: [2, 2, 2] }), { low: null, high: null }],
    ['the bootstrap error of nothing', statistics.bootstrapStderr(nothing), { stderr: null }],
    [
      'the error of one cluster',
      statistics.clusteredStderr({ values: [1, 2], clusters: ['a', 'a'] }),
      { mean: 1.5, stderr: null },
    ],
    [
      'the interval of one cluster',
      statistics.clusteredMeanCi({ values: [1, 2], clusters: ['a', 'a'] }),
      { mean: 1.5, low: null, df: null },
    ],
    [
      'the t test of no pairs',
      statistics.pairedT(noPairs),
      { n: 0, meanDifference: null, t: null, p: null, low: null },
    ],
    [
      'the t test of one pair',
      statistics.pairedT(onePair),
      { n: 1, meanDifference: 0.25, stderr: null, p: null, low: null },
    ],
    [
      'the t test of equal pairs',
      statistics.pairedT(samePairs),
      { meanDifference: 0, stderr: 0, t: null, p: null, low: 0, high: 0 },
    ],
    ['Welch of one value each', statistics.welchT({ a: [1], b: [2] }), { meanDifference: 1, t: null, p: null }],
    ['Welch of equal constants', statistics.welchT({ a: [1, 1], b: [1, 1] }), { t: null, p: null }],
    ['U of an empty sample', statistics.mannWhitney({ a: [], b: [1] }), { u: null, p: null }],
    ['Wilcoxon of nothing', statistics.wilcoxon({ differences: [] }), { w: null, p: null }],
    ['Wilcoxon of zeros', statistics.wilcoxon({ differences: [0, 0] }), { p: null }],
    ['the permutation test of no pairs', statistics.pairedPermutation(noPairs), { statistic: null, p: null }],
    ['the sign test of nothing', statistics.signTest({ differences: [null] }), { p: null }],
    ['McNemar of no pairs', statistics.mcnemar(noPairs), { p: null }],
    ['chi2 of McNemar when all agree', statistics.mcnemar(samePairs, { method: 'chi2' }), { statistic: null, p: null }],
    [
      'Q of rows that all agree',
      statistics.cochranQ({
        table: [
          [1, 1],
          [0, 0],
        ],
      }),
      { q: null, p: null },
    ],
    [
      'Friedman of tied rows',
      statistics.friedman({
        table: [
          [1, 1],
          [2, 2],
        ],
      }),
      { chi2: null, p: null },
    ],
    [
      'z of shares that are both 0',
      statistics.twoProportionZ({ a: { successes: 0, n: 3 }, b: { successes: 0, n: 4 } }),
      { z: null, p: null },
    ],
    ['an adjusted p that is missing', statistics.adjustP({ p: [null] }), { adjusted: [null], rejected: [null] }],
    ['d without variance', statistics.cohensDz({ a: [1, 2], b: [2, 3] }), { d: null }],
    ['pooled d of empty samples', statistics.cohensD({ a: [], b: [1, 2] }), { d: null, g: null }],
    ['delta of an empty sample', statistics.cliffsDelta({ a: [], b: [1] }), { delta: null }],
    ['the correlation with a constant', statistics.correlation({ a: [1, 1, 1], b: [1, 2, 3] }), { r: null, p: null }],
    ['τ of one pair', statistics.correlation({ a: [1], b: [2] }, { method: 'kendall' }), { r: null, p: null }],
    ['κ of one class', statistics.cohenKappa({ a: ['x', 'x'], b: ['x', 'x'] }), { kappa: null, agreement: 1 }],
    [
      'Fleiss of one class',
      statistics.fleissKappa({
        table: [
          [3, 0],
          [3, 0],
        ],
      }),
      { kappa: null },
    ],
    [
      'α of single ratings',
      statistics.krippendorffAlpha({
        ratings: [
          [1, null],
          [null, 2],
        ],
      }),
      { alpha: null },
    ],
    [
      'precision of a class never predicted',
      statistics.classificationReport({ truth: ['a', 'b'], predicted: ['a', 'a'] }),
      { precision: [0.5, null], recall: [1, 0], f1: [2 / 3, 0] },
    ],
    [
      'the report of nothing',
      statistics.classificationReport({ truth: [], predicted: [] }),
      { accuracy: null, macro: { f1: null } },
    ],
    [
      'MCC without positives',
      statistics.binaryMetrics({ truth: [0, 0], predicted: [0, 0] }),
      { mcc: null, recall: null, specificity: 1 },
    ],
    ['AUC of one class', statistics.rocAuc({ truth: [0, 0], score: [0.1, 0.2] }), { auc: null }],
    ['AP without positives', statistics.averagePrecision({ truth: [0, 0], score: [0.1, 0.2] }), { ap: null }],
    ['Brier of nothing', statistics.brier({ truth: [], score: [] }), { brier: null }],
    ['log loss of nothing', statistics.logLoss({ truth: [], score: [] }), { loss: null }],
    ['ECE of nothing', statistics.ece({ truth: [], score: [] }), { ece: null, mce: null }],
    ['pass@k with fewer runs', statistics.passAtK({ n: 2, c: 2 }, { k: 3 }), { passAtK: null }],
    ['pass^k with fewer runs', statistics.passHatK({ n: 2, c: 2 }, { k: 3 }), { passHatK: null }],
    ['the size for no effect', statistics.sampleSizePaired({ effect: 0, sdDifference: 1 }), { n: null }],
    ['the effect of no example', statistics.minimumDetectableEffect({ n: 0, sdDifference: 1 }), { effect: null }],
    ['the power of one example', statistics.powerPairedT({ effectSize: 1, n: 1 }), { power: null }],
    ['the mean of no example', statistics.meanOverExamples({ values: [null], examples: ['a'] }), { mean: null, n: 0 }],
    [
      'the prevalence by a coin',
      statistics.correctedPrevalence({
        judged: { successes: 3, n: 9 },
        sensitivity: { successes: 1, n: 2 },
        specificity: { successes: 1, n: 2 },
      }),
      { corrected: null, low: null },
    ],
    [
      'the flip rate of no pair',
      statistics.pairwisePreference({ aFirst: ['a'], bFirst: [null] }),
      { n: 0, flipRate: null, p: null },
    ],
  ])('%s', (_, got, expected) => {
    expect(got).toMatchObject(expected);
  });

  test('and never NaN, whatever the columns hold', () => {
    const cell = fc.oneof(fc.constantFrom(null, 0, 1, NaN, Infinity), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
    const pairs = fc.array(fc.tuple(cell, cell), { maxLength: 12 });
    fc.assert(
      fc.property(pairs, (rows) => {
        const a = rows.map(([x]) => x);
        const b = rows.map(([, y]) => y);
        const results = [
          statistics.describe({ values: a }),
          statistics.quantile({ values: a }, { q: [0, 0.3, 1] }),
          statistics.meanCi({ values: a }),
          statistics.bootstrapCi({ values: a }, { resamples: 20 }),
          statistics.clusteredMeanCi({ values: a, clusters: b }),
          statistics.pairedT({ a, b }),
          statistics.equivalencePaired({ a, b }, { margin: 0.1 }),
          statistics.wilcoxon({ differences: a }, { method: 'asymptotic' }),
          statistics.pairedPermutation({ a, b }, { resamples: 20 }),
          statistics.welchT({ a, b }),
          statistics.mannWhitney({ a, b }),
          statistics.cohensD({ a, b }),
          statistics.cliffsDelta({ a, b }),
          ...(['pearson', 'spearman', 'kendall'] as const).map((method) =>
            statistics.correlation({ a, b }, { method }),
          ),
          statistics.cohenKappa({ a, b }, { weights: 'quadratic' }),
          statistics.krippendorffAlpha({ ratings: [a, b] }, { level: 'interval' }),
        ];
        expect(JSON.stringify(results, (_, value) => (Number.isNaN(value) ? 'NaN' : value))).not.toContain('NaN');
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('refuses what cannot be', () => {
  test.each<[string, string, () => unknown]>([
    ['an unknown method', 'invalid-config', () => statistics.meanCi({ values: [1] }, { method: 'z' as 't' })],
    ['a confidence in percent', 'invalid-config', () => statistics.meanCi({ values: [1] }, { confidence: 95 })],
    [
      'an unknown alternative',
      'invalid-config',
      () => statistics.pairedT(samePairs, { alternative: 'larger' as 'greater' }),
    ],
    ['a quantile in percent', 'invalid-config', () => statistics.quantile({ values: [1] }, { q: 50 })],
    ['a fractional seed', 'invalid-config', () => statistics.createRandom(0.5)],
    ['no resamples', 'invalid-config', () => statistics.bootstrapCi({ values: [1, 2] }, { resamples: 0 })],
    ['k = 0', 'invalid-config', () => statistics.passAtK({ n: 2, c: 1 }, { k: 0 })],
    ['a margin of 0', 'invalid-config', () => statistics.equivalencePaired(samePairs, { margin: 0 })],
    [
      'an exact test of 25 pairs',
      'invalid-config',
      () => statistics.pairedPermutation({ a: Array(25).fill(0), b: Array(25).fill(1) }, { method: 'exact' }),
    ],
    ['columns of unequal length', 'invalid-input', () => statistics.pairedT({ a: [1], b: [1, 2] })],
    ['more successes than trials', 'invalid-input', () => statistics.proportionCi({ successes: 3, n: 2 })],
    ['a p-value of 2', 'invalid-input', () => statistics.adjustP({ p: [2] })],
    ['a score of 0.5 for McNemar', 'invalid-input', () => statistics.mcnemar({ a: [0.5], b: [1] })],
    ['a probability of 2', 'invalid-input', () => statistics.brier({ truth: [1], score: [2] })],
    [
      'words on an interval scale',
      'invalid-input',
      () => statistics.krippendorffAlpha({ ratings: [['good']] }, { level: 'interval' }),
    ],
    [
      'judges that are missing from a Fleiss table',
      'invalid-input',
      () =>
        statistics.fleissKappa({
          table: [
            [3, 0],
            [1, 1],
          ],
        }),
    ],
  ])('%s', (_, code, call) => {
    let thrown: unknown;
    try {
      call();
    } catch (error) {
      thrown = error;
    }
    expect(AssayError.is(thrown)).toBe(true);
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(/^Expected .+ to be .+, got .+/) });
  });
});
