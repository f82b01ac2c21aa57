import { AssayError } from '@assay/core/errors';
import { bootstrapCi } from './statistics/bootstrap.ts';
import { pairedClustered } from './statistics/clustered.ts';
import { mcnemar } from './statistics/mcnemar.ts';
import { pairedBootstrapP } from './statistics/paired-bootstrap.ts';
import { pairedPermutation } from './statistics/permutation.ts';
import { differenceT } from './statistics/t-test.ts';
import { wilcoxon } from './statistics/wilcoxon.ts';

/** How two values per example are tested. */
export type PairedTestName = 'mcnemar' | 'paired-t' | 'wilcoxon' | 'permutation' | 'bootstrap' | 'clustered';

export const pairedTestNames: readonly PairedTestName[] = [
  'mcnemar',
  'paired-t',
  'wilcoxon',
  'permutation',
  'bootstrap',
  'clustered',
];

export interface PairedTest {
  readonly test: PairedTestName;
  readonly p: number | null;
  /** The interval of the mean difference at a confidence; `null` below two pairs. */
  interval(confidence: number): readonly [low: number, high: number] | null;
}

export interface PairedValues {
  readonly base: Float64Array;
  readonly candidate: Float64Array;
  readonly differences: Float64Array;
  /** The group of each pair; `null` where no grouping was asked for. */
  readonly clusters: readonly (string | null)[] | null;
}

/**
 * Tests paired values. Wilcoxon and the permutation test have no interval of the mean difference of their own, and take
 * Student's; the bootstrap's is BCa, the clustered one Student's on the clustered error.
 */
export function pairedTest(
  test: PairedTestName,
  { base, candidate, differences, clusters }: PairedValues,
  seed: number,
): PairedTest {
  const student = (confidence: number) => bounds(differenceT(differences, { confidence }));
  switch (test) {
    case 'mcnemar':
      return { test, p: mcnemar({ a: base, b: candidate }).p, interval: student };
    case 'paired-t':
      return { test, p: differenceT(differences).p, interval: student };
    case 'wilcoxon':
      return { test, p: wilcoxon({ differences }).p, interval: student };
    case 'permutation':
      return { test, p: pairedPermutation({ a: base, b: candidate }, { seed }).p, interval: student };
    case 'bootstrap':
      return {
        test,
        p: pairedBootstrapP(differences, { seed }),
        interval: (confidence) => bounds(bootstrapCi({ values: differences }, { confidence, seed })),
      };
    case 'clustered': {
      if (clusters === null)
        throw new AssayError('invalid-config', "Expected `clusterBy` for the test 'clustered', got none");
      const clustered = (confidence: number) => pairedClustered({ a: base, b: candidate, clusters }, { confidence });
      return { test, p: clustered(0.95).p, interval: (confidence) => bounds(clustered(confidence)) };
    }
  }
}

function bounds({
  low,
  high,
}: {
  readonly low: number | null;
  readonly high: number | null;
}): readonly [number, number] | null {
  return low === null || high === null ? null : [low, high];
}
