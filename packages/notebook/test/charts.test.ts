import { classification, compare, runsFrame } from '@assay/frames';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { charts, type Display } from '../src/index.ts';
import { ranTickets } from './fixtures/tickets.ts';

const base = await ranTickets('prompt v1', 0.7);
const candidate = await ranTickets('prompt v2', 0.95);
const judged = classification(runsFrame(base, { flatten: true }), { label: 'predicted', expected: 'expected.intent' });

const refunds = classification(runsFrame(base, { flatten: true }), {
  label: 'predicted',
  expected: 'expected.intent',
  positive: 'refund',
  score: 'similarity',
});

const drawn: readonly (readonly [name: string, chart: () => Display, says: readonly string[]])[] = [
  ['scores', () => charts.scores(base), ['intent', 'similarity', '0.']],
  ['scores of several', () => charts.scores({ before: base, after: candidate }), ['before', 'after']],
  ['a distribution of scores', () => charts.distribution(base, 'similarity', { bins: 10 }), ['similarity']],
  ['a distribution of a column', () => charts.distribution([base, candidate], 'prompt_tokens'), ['prompt v2']],
  ['a distribution of labels', () => charts.distribution([base, candidate], 'predicted'), ['refund', 'delivery']],
  ['latencies', () => charts.latency([base, candidate]), ['p50', 'p99']],
  ['latencies of a frame', () => charts.latency(runsFrame(base)), ['prompt v1']],
  ['a comparison', () => charts.comparison(compare(base, candidate)), ['intent', 'similarity']],
  ['a comparison of several', () => charts.comparison(compare(base, [base, candidate])), ['prompt v2']],
  ['the curves of a class', () => charts.curves(refunds), ['average precision']],
  ['the calibration of a score', () => charts.calibration(refunds), ['calibration error', 'said']],
  ['a confusion matrix', () => charts.confusion(judged), ['refund', 'accuracy']],
];

test.each(drawn)('draws %s, in words too', (_name, chart, says) => {
  const bundle = chart().toMimeBundle();
  expect(Object.keys(bundle)).toEqual(['text/html', 'image/svg+xml', 'text/plain']);
  const { document } = parseHTML(`<!doctype html><html><body>${bundle['text/html']}</body></html>`);
  const svg = document.querySelector('svg')!;
  expect(svg.getAttribute('role')).toBe('img');
  expect(svg.querySelector('title')?.textContent).toBe(bundle['text/plain']!.split('\n')[0]);
  const words = `${svg.getAttribute('aria-label')} ${svg.querySelector('desc')?.textContent} ${bundle['text/plain']}`;
  for (const word of says) expect(words).toContain(word);
});

test.each(drawn)('draws %s as a picture that stands alone, without NaN', (_name, chart) => {
  const svg = chart().toMimeBundle()['image/svg+xml']!;
  expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
  expect(svg).not.toContain('NaN');
  const used = new Set([...svg.matchAll(/var\((--a-[a-z0-9-]+)\)/g)].map(([, name]) => name));
  for (const name of used) expect(svg).toContain(`${name}:`);
});

test.each([
  ['nothing to draw', () => charts.scores([])],
  ['a Promise', () => charts.scores(Promise.resolve(base) as never)],
  ['evaluators that are not there', () => charts.scores(base, { evaluators: ['wit'] })],
  ['a column that is not there', () => charts.distribution(base, 'wit')],
  ['metrics that are not there', () => charts.comparison(compare(base, candidate), { metrics: ['wit'] })],
  ['runs without a latency', () => charts.latency({ ...base, taskRuns: [] })],
  ['curves without a class to find', () => charts.curves(judged)],
  ['calibration without a class to find', () => charts.calibration(judged)],
  ['no classes', () => charts.confusion({ ...judged, labels: [], matrix: [] })],
])('refuses %s, and says what it takes', (_name, chart) => {
  expect(chart).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('Expected') }),
  );
});
