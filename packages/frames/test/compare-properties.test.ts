import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, gate, summarize } from '../src/index.ts';
import { type Cell, scored } from './fixtures/scored.ts';

const settings = { seed: 11, numRuns: 150 };
const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 1, 0.25, 0.5) },
  { weight: 1, arbitrary: fc.constantFrom('failed', 'skipped', 'unjudged', 'task failed', 'absent') },
);
const cells = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 25 });
const sides = cells.chain((base) =>
  fc.tuple(
    fc.constant(base),
    fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: base.length, maxLength: base.length }),
  ),
);

const named = (rows: readonly (readonly Cell[])[]) => Object.fromEntries(rows.map((row, index) => [`e${index}`, row]));
const close = (got: number | null, want: number | null) =>
  want === null ? expect(got).toBeNull() : expect(got).toBeCloseTo(want, 10);

test('turning a comparison round turns its signs round and nothing else', () => {
  fc.assert(
    fc.property(sides, ([a, b]) => {
      const there = compare(scored(named(a)), scored(named(b))).metrics[0];
      const back = compare(scored(named(b)), scored(named(a))).metrics[0];
      if (there === undefined || back === undefined) return;
      const turned = (value: number | null) => (value === null ? null : -value);
      expect([back.n_paired, back.n_missing, back.unchanged]).toEqual([
        there.n_paired,
        there.n_missing,
        there.unchanged,
      ]);
      expect([back.improved, back.regressed]).toEqual([there.regressed, there.improved]);
      close(back.difference, turned(there.difference));
      close(back.ci_low, turned(there.ci_high));
      close(back.ci_high, turned(there.ci_low));
      close(back.p_value, there.p_value);
      close(back.difference_worst, turned(there.difference_best));
      expect(back.verdict).toBe(
        there.verdict === 'better' ? 'worse' : there.verdict === 'worse' ? 'better' : there.verdict,
      );
    }),
    settings,
  );
});

test('the order of records does not matter', () => {
  fc.assert(
    fc.property(sides, ([a, b]) => {
      const base = scored(named(a));
      const candidate = scored(named(b));
      const reversed = {
        ...candidate,
        taskRuns: candidate.taskRuns.toReversed(),
        evaluationRuns: candidate.evaluationRuns.toReversed(),
      };
      expect(compare(base, reversed).metrics).toEqual(compare(base, candidate).metrics);
    }),
    settings,
  );
});

test('the numbers of a row fit together', () => {
  fc.assert(
    fc.property(sides, ([a, b]) => {
      const { metrics, examples } = compare(scored(named(a)), scored(named(b)));
      for (const row of metrics) {
        expect(row.improved! + row.regressed! + row.unchanged).toBe(row.n_paired);
        expect(row.n_paired + row.n_missing).toBeLessThanOrEqual(a.length);
        if (row.n_paired > 0) close(row.difference, row.candidate_mean! - row.base_mean!);
        if (row.p_adjusted !== null) expect(row.p_adjusted).toBeGreaterThanOrEqual(row.p_value!);
        if (row.difference_worst !== null && row.n_missing === 0) close(row.difference_worst, row.difference);
        if (row.difference_worst !== null) expect(row.difference_worst).toBeLessThanOrEqual(row.difference_best!);
        expect(examples.filter((one) => one.metric === row.metric && one.difference !== null)).toHaveLength(
          row.n_paired,
        );
      }
    }),
    settings,
  );
});

test('a gate that passes still passes when it asks for less', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(cells, share, share, fc.boolean(), (rows, strict, lenient, bound) => {
      fc.pre(lenient <= strict);
      const summary = summarize(scored(named(rows)));
      const judge = (least: number, minCoverage: number) =>
        gate(summary, { min: { exact: least }, minCoverage, bound }).passed;
      if (judge(strict, strict)) expect(judge(lenient, lenient)).toBe(true);
    }),
    settings,
  );
});
