import { runsFrame } from '@assay/frames';
import { expect, test } from 'vitest';
import { compareView } from '../src/index.ts';
import { ranTickets } from './fixtures/tickets.ts';

const base = await ranTickets('prompt v1', 0.7);
const candidate = await ranTickets('prompt v2', 0.95);

test('shows every difference with its verdict, and the outputs of what changed side by side', () => {
  const { 'text/html': markup, 'text/plain': text } = compareView(base, candidate).toMimeBundle();
  expect(markup).toMatch(/▼ \d+ worse/);
  expect(markup).toMatch(/▲ \d+ better/);
  expect(markup).toContain('<del>');
  expect(markup).toContain('<ins>');
  expect(text).toContain('similarity');
});

test('chooses the rows by the metric that is asked for, and no more than asked', () => {
  const { 'text/html': markup } = compareView(base, candidate, { metric: 'similarity', rows: 4 }).toMimeBundle();
  expect(markup).toContain('similarity of prompt v2');
  expect(markup!.match(/<details>\s*<summary>\s*<span class="line">/g)?.length).toBeLessThanOrEqual(4);
});

test('shows the same from frames as from records', () => {
  const rowsOf = (markup: string): string => markup.slice(markup.indexOf('<h4>')).replaceAll('>base<', '>prompt v1<');
  const { 'text/html': fromFrames } = compareView(runsFrame(base), runsFrame(candidate)).toMimeBundle();
  const { 'text/html': fromRecords } = compareView(base, candidate).toMimeBundle();
  expect(rowsOf(fromFrames!)).toBe(rowsOf(fromRecords!));
});

test('refuses a metric that neither has', () => {
  expect(() => compareView(base, candidate, { metric: 'wit' })).toThrow('Expected metric to be one of intent');
});
