import { table } from 'arquero';
import { expect, test } from 'vitest';
import { show } from '../src/index.ts';
import { ranTickets } from './fixtures/tickets.ts';

const megabytes = 'A long answer. '.repeat(300_000);

test('a frame of a million rows stays below 500 kB, and says how many rows it has', () => {
  const rows = 1_000_000;
  const frame = table({
    id: Array.from({ length: rows }, (_, row) => `row-${row}`),
    score: Float64Array.from({ length: rows }, (_, row) => (row % 1000) / 999),
  });
  const { 'text/html': markup } = show(frame).toMimeBundle();
  expect(markup!.length).toBeLessThan(500_000);
  expect(markup).toContain('1,000,000 rows');
  expect(markup).toContain('the first 1,000 rows of 1,000,000');
});

test('rows with long texts stay below 500 kB as well', () => {
  const rows = Array.from({ length: 5000 }, (_, row) => `${row} ${'<&"'.repeat(2000)}`);
  const frame = table(Object.fromEntries(Array.from({ length: 30 }, (_, column) => [`column ${column}`, rows])));
  expect(show(frame).toMimeBundle()['text/html']!.length).toBeLessThan(500_000);
});

test('a hundred columns are too many to show, and it says so', () => {
  const frame = table(Object.fromEntries(Array.from({ length: 100 }, (_, column) => [`c${column}`, [column]])));
  expect(show(frame).toMimeBundle()['text/html']).toContain('40 more columns not shown');
});

test('an output of megabytes is cut, and its size said', async () => {
  const ran = await ranTickets('long', 1, 12);
  const long = { ...ran, taskRuns: ran.taskRuns.map((run) => ({ ...run, output: megabytes })) };
  const { 'text/html': markup } = show(long).toMimeBundle();
  expect(markup!.length).toBeLessThan(200_000);
  expect(markup).toContain('of 4.5 MB');
  expect(show(long.taskRuns[0]!, { of: long }).toMimeBundle()['text/html']).toContain('of 4.5 MB');
});

test('values that JSON cannot hold are shown for what they are', async () => {
  const circular: Record<string, unknown> = {
    name: 'loop',
    big: 12n,
    when: new Date(0),
    none: undefined,
    list: Array(5000).fill(1),
  };
  circular['self'] = circular;
  const { 'text/html': markup } = show([{ input: circular }]).toMimeBundle();
  for (const text of ['loop', '12', '1970-01-01', 'as above', '5,000 items']) expect(markup).toContain(text);
});
