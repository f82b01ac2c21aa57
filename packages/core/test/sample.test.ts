import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { sampleDataset, sampleStream, seededRandom, selectSplits } from '../src/sample.ts';
import { all, numbered } from './fixtures/examples.ts';

async function* stream<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}

test('takes the asked number of different examples, in dataset order, and the same ones for the same seed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 80 }), fc.nat(), async (size, count, seed) => {
      const examples = numbered(size);
      for (const sample of [
        sampleDataset(examples, { count, seed }),
        await sampleStream(stream(examples), count, seed),
      ]) {
        expect(sample).toHaveLength(Math.min(count, size));
        expect(sample.every((example, index) => index === 0 || sample[index - 1]!.input < example.input)).toBe(true);
      }
      expect(sampleDataset(examples, { count, seed })).toEqual(sampleDataset(examples, { count, seed }));
      expect(await sampleStream(stream(examples), count, seed)).toEqual(
        await sampleStream(stream(examples), count, seed),
      );
    }),
    { seed: 5 },
  );
});

test('keeps the share of every group to within one example', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(),
      (groups, count, seed) => {
        const examples = groups.map((group, input) => ({ input, metadata: { group } }));
        const sample = sampleDataset(examples, { count, seed, stratifyBy: 'metadata.group' });
        const taken = Math.min(count, examples.length);
        expect(sample).toHaveLength(taken);
        expect(new Set(sample).size).toBe(taken);
        for (const name of ['a', 'b', 'c']) {
          const share = (taken * groups.filter((group) => group === name).length) / groups.length;
          const got = sample.filter(({ metadata: { group } }) => group === name).length;
          expect(Math.abs(got - share)).toBeLessThan(1);
        }
      },
    ),
    { seed: 6 },
  );
});

test('stratifies by a function and by a path alike, and groups what has no such field', () => {
  const examples = [{ input: { k: 'a' } }, { input: { k: 'b' } }, { input: {} }, { input: {} }];
  const byPath = sampleDataset(examples, { count: 2, seed: 1, stratifyBy: 'input.k' });
  const byFunction = sampleDataset(examples, {
    count: 2,
    seed: 1,
    stratifyBy: ({ input }) => (input as { k?: string }).k,
  });
  expect(byPath).toEqual(byFunction);
});

test.each([
  ['sampleDataset', 3],
  ['sampleStream', 3],
] as const)('gives every example the same chance by %s', async (how, count) => {
  const examples = numbered(10);
  const times = Array.from({ length: 10 }, () => 0);
  for (let seed = 0; seed < 2000; seed += 1) {
    const sample =
      how === 'sampleDataset'
        ? sampleDataset(examples, { count, seed })
        : await sampleStream(stream(examples), count, seed);
    for (const { input } of sample) times[input]! += 1;
  }
  // 600 ± 5 standard deviations.
  for (const count of times) expect(Math.abs(count - 600)).toBeLessThan(103);
});

test('touches no global random state when a seed is given', () => {
  const random = vi.spyOn(Math, 'random');
  sampleDataset(numbered(100), { count: 10, seed: 1 });
  expect(random).not.toHaveBeenCalled();
  random.mockRestore();
});

test('gives random numbers from 0 up to, but not, 1', () => {
  const random = seededRandom(42);
  const numbers = Array.from({ length: 10_000 }, random);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(numbers.reduce((sum, number) => sum + number, 0) / 10_000).toBeCloseTo(0.5, 1);
});

test.each([0, -1, 1.5, Number.NaN])('refuses a count of %s', (count) => {
  expect(() => sampleDataset(numbered(3), { count })).toThrowError(
    `Expected count to be a whole number of at least 1, got ${count}`,
  );
});

test('selects examples that belong to any of the splits, of every form of dataset', async () => {
  const examples = [
    { input: 1, splits: ['train'] },
    { input: 2, splits: ['test', 'hard'] },
    { input: 3 },
    { input: 4, splits: ['hard'] },
  ];
  const wanted = [examples[1], examples[3]];
  expect(selectSplits(examples, ['test', 'hard'])).toEqual(wanted);
  expect(await all(selectSplits(stream(examples), ['test', 'hard']))).toEqual(wanted);
  expect(selectSplits({ name: 'n', examples }, ['test', 'hard'])).toEqual({ name: 'n', examples: wanted });
  expect(selectSplits({ name: 'stored', versionId: 'v' }, ['hard'])).toEqual({
    name: 'stored',
    versionId: 'v',
    splits: ['hard'],
  });
});

test('refuses what it cannot sample from or by', () => {
  const examples = numbered(3);
  for (const [given, options, message] of [
    [{ name: 'd', examples }, { count: 1 }, 'Expected a list of examples to sample from, got object'],
    [examples, undefined, 'Expected count to be a whole number of at least 1, got undefined'],
    [examples, { count: 1, seed: 'a' }, 'Expected seed to be a whole number, got "a"'],
    [examples, { count: 1, stratifyBy: 5 }, 'Expected stratifyBy to be a path or a function, got 5'],
  ] as const) {
    expect(() => sampleDataset(given as never, options as never)).toThrow(message);
  }
  expect(() => selectSplits([{ splits: ['test'] }], 'testing' as never)).toThrow(
    'Expected the names of splits to be a list of names, got "testing"',
  );
});

test('selects splits of a dataset only', () => {
  for (const given of [null, 'capitals'])
    expect(() => selectSplits(given as never, ['test'])).toThrow(
      `Expected a dataset to select splits of, got ${given}`,
    );
});

test('tells groups apart by any value, big integers too', () => {
  const sample = sampleDataset(numbered(6), { count: 2, stratifyBy: ({ input }) => BigInt(input % 2) });
  expect(new Set(sample.map(({ input }) => input % 2)).size).toBe(2);
});
