import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as statistics from '../../src/statistics/index.ts';
import { createAdapter } from '../golden/create-adapter.mjs';

interface GoldenCase {
  readonly id: string;
  readonly fn: string;
  readonly input: unknown;
  readonly options: unknown;
  readonly expected: unknown;
  readonly tolerance: { readonly rel: number; readonly abs: number };
  readonly source: string;
}

const adapter = createAdapter(statistics);

describe.each(['statistics.json', 'more-statistics.json'])('%s', (file) => {
  const { cases }: { cases: readonly GoldenCase[] } = JSON.parse(
    readFileSync(new URL(`../golden/${file}`, import.meta.url), 'utf8'),
  );

  test.each(cases)('$id: $fn gives the value of $source', ({ fn, input, options, expected, tolerance }) => {
    expect(adapter).toHaveProperty(fn);
    expect(differences(adapter[fn]?.(input, options), expected, tolerance, fn)).toEqual([]);
  });
});

function differences(got: unknown, want: unknown, tolerance: GoldenCase['tolerance'], path: string): readonly string[] {
  const wrong = () => [`${path}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`];
  if (want === 'Infinity' || want === '-Infinity') return got === Number(want) ? [] : wrong();
  if (typeof want === 'number') {
    return typeof got === 'number' && Math.abs(got - want) <= tolerance.abs + tolerance.rel * Math.abs(want)
      ? []
      : wrong();
  }
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length) return wrong();
    return want.flatMap((item, at) => differences(got[at], item, tolerance, `${path}[${at}]`));
  }
  if (typeof want === 'object' && want !== null) {
    if (typeof got !== 'object' || got === null) return wrong();
    return Object.entries(want).flatMap(([key, item]) =>
      differences(Reflect.get(got, key), item, tolerance, `${path}.${key}`),
    );
  }
  return got === want ? [] : wrong();
}
