import { invalidConfig } from './check.ts';

/** Whole numbers below a bound, each as likely as any other. The same seed gives the same numbers on every machine. */
export interface RandomSource {
  /** A whole number from 0 to `bound` − 1, for a `bound` up to 2^32. */
  below(bound: number): number;
  /** 32 random bits, as a whole number from 0 to 2^32 − 1. */
  bits(): number;
}

/**
 * A seeded source of random numbers: xoshiro128** (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators,
 * 2021), its state filled from the seed by SplitMix32.
 *
 * The global random state is never read nor changed. It is not for secrets.
 *
 * @param seed - A whole number; only its low 32 bits count.
 * @throws AssayError `invalid-config` when the seed is not a whole number.
 *
 * @example
 * ```ts
 * import { createRandom } from '@assay/frames/statistics';
 *
 * const random = createRandom(7);
 * const die = 1 + random.below(6);
 * ```
 */
export function createRandom(seed: number): RandomSource {
  if (!Number.isSafeInteger(seed)) throw invalidConfig('seed', 'a whole number', seed);
  const next = splitMix(seed);
  let a = next();
  let b = next();
  let c = next();
  let d = next();

  return { bits, below };

  function bits(): number {
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return scrambled;
  }

  function below(bound: number): number {
    // The bias of a multiplied 32-bit number is at most bound ÷ 2^32, below what any resampling can show.
    return Math.floor((bits() / 0x1_0000_0000) * bound);
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** SplitMix32: a counter, well mixed, so that seeds 1 and 2 share nothing. */
function splitMix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}
