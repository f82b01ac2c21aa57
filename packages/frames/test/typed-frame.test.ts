import { expect, expectTypeOf, test } from 'vitest';
import { examplesFrame, type RunsFrame } from '../src/index.ts';

declare const runs: RunsFrame;

test('knows the columns of a frame in its rows, through filters and slices', () => {
  const slow = () => runs.filter((row) => row.latency_ms > 100 && row.start_time.getUTCFullYear() > 2020).slice(0, 10);
  expectTypeOf<ReturnType<typeof slow>>().toEqualTypeOf<RunsFrame>();
  expectTypeOf<ReturnType<RunsFrame['objects']>[number]['example_id']>().toEqualTypeOf<string>();

  const misuse = () =>
    // @ts-expect-error A repetition is a number.
    runs.filter((row) => row.repetition.startsWith('1'));
  const others = () =>
    runs
      .filter((row) => row['eval.exact.score'] === 0)
      .select('example_id', 'eval.exact.score', { output: 'answer' })
      .orderby('example_id');
  expect([misuse, others]).toHaveLength(2);
});

test('is the Arquero table that it was', () => {
  const frame = examplesFrame([{ id: 'peru', input: 'Peru', expected: 'Lima', metadata: {}, splits: [] }]);

  expect(frame.filter((row) => row.input === 'Peru').get('expected', 0)).toBe('Lima');
  expect(frame.objects()[0]?.example_id).toBe('peru');
});
