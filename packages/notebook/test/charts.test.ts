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

/** The tags of a picture as XML takes them: no attribute twice, and nothing that is markup inside of one, or of a text. */
function expectXml(svg: string): void {
  const tag = /<(?:\/[a-z]+|[a-z][A-Za-z]*((?:\s+[\w:-]+="[^"<]*")*)\s*\/?)>/g;
  for (const [, attributes = ''] of svg.matchAll(tag)) {
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map(([, name]) => name);
    expect(names).toEqual([...new Set(names)]);
  }
  expect(svg.replaceAll(tag, '')).not.toContain('<');
  expect(svg.replaceAll(/&(?:amp|lt|gt|quot|apos|#\d+);/g, '')).not.toContain('&');
  // oxlint-disable-next-line no-control-regex
  expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  expect(svg.isWellFormed()).toBe(true);
}

test.each(drawn)('draws %s as a file that every reader of SVG opens', (_name, chart) => {
  expectXml(chart().toMimeBundle()['image/svg+xml']!);
});

test('keeps a picture whole whatever names hold', () => {
  const name = 'Q&A "<b>" \u0007\ud800';
  const renamed = { ...base, name, evaluationRuns: base.evaluationRuns.map((run) => ({ ...run, label: name })) };
  const other = { ...candidate, name };
  for (const chart of [
    charts.scores(renamed),
    charts.scores([renamed, other]),
    charts.distribution([renamed, other], 'predicted'),
    charts.latency([renamed, other]),
    charts.comparison(compare(renamed, [renamed, other])),
  ])
    expectXml(chart.toMimeBundle()['image/svg+xml']!);
});

test('draws a mean of one example without an interval', () => {
  const example = base.examples[0]!;
  const isOfIt = ({ exampleId }: { readonly exampleId: string }) => exampleId === example.id;
  const one = {
    ...base,
    examples: [example],
    taskRuns: base.taskRuns.filter(isOfIt),
    evaluationRuns: base.evaluationRuns.filter(isOfIt),
  };
  const svg = charts.scores(one).toMimeBundle()['image/svg+xml']!;
  expect(svg).toContain('aria-label="dot"');
  expect(svg).not.toContain('NaN');
});

test.each([
  ['nothing to draw', () => charts.scores([])],
  ['a Promise', () => charts.scores(Promise.resolve(base) as never)],
  ['evaluators that are not there', () => charts.scores(base, { evaluators: ['wit'] })],
  ['a column that is not there', () => charts.distribution(base, 'wit')],
  ['metrics that are not there', () => charts.comparison(compare(base, candidate), { metrics: ['wit'] })],
  ['runs without a latency', () => charts.latency({ ...base, taskRuns: [] })],
  ['curves without a class to find', () => charts.curves(judged)],
  ['no name of what to draw', () => charts.distribution(base, undefined as never)],
  ['a comparison that is none', () => charts.comparison(base as never)],
  ['a Promise of a comparison', () => charts.comparison(Promise.resolve() as never)],
  ['a confusion of nothing', () => charts.confusion(null as never)],
  ['curves of something else', () => charts.curves({} as never)],
  ['calibration of nothing', () => charts.calibration(undefined as never)],
  ['calibration without a class to find', () => charts.calibration(judged)],
  ['no classes', () => charts.confusion({ ...judged, labels: [], matrix: [] })],
])('refuses %s, and says what it takes', (_name, chart) => {
  expect(chart).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('Expected') }),
  );
});
