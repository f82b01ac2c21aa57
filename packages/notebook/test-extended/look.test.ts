import { classification, compare, gate, runsFrame } from '@assay/frames';
import { afterAll, describe, expect, test } from 'vitest';
import { Display } from '../src/display.ts';
import { charts, compareView, show } from '../src/index.ts';
import { LiveProgress } from '../src/live-progress.ts';
import { liveView } from '../src/live-view.ts';
import { ranTickets } from '../test/fixtures/tickets.ts';
import { Browser, pageOf } from './browser.ts';

const browser = new Browser();
afterAll(() => browser.close());

const base = await ranTickets('prompt v1', 0.72);
const candidate = await ranTickets('prompt v2', 0.93);
const comparison = compare(base, candidate);
const judged = classification(runsFrame(base, { flatten: true }), { label: 'predicted', expected: 'expected.intent' });
const judge = classification(runsFrame(base), {
  label: 'intent',
  expected: 'predicted',
  positive: 'refund',
  score: 'similarity',
});
const progress = new LiveProgress();
progress.add({ type: 'started', experiment: base, plannedRuns: 80, plannedEvaluations: 400 });
for (const run of base.taskRuns) progress.add({ type: 'task-run-saved', run });
for (const run of base.evaluationRuns.slice(0, 200)) progress.add({ type: 'evaluation-run-saved', run });
progress.add({ type: 'waiting', key: 'model', untilMs: Date.now() + 60_000 });

const displays: Readonly<Record<string, Display>> = {
  experiment: show(base),
  summary: show(base.summary),
  frame: show(runsFrame(base)),
  examples: show(base.examples),
  run: show(base.taskRuns[2]!, { of: base }),
  comparison: show(comparison),
  'side by side': compareView(base, candidate),
  classification: show(judged),
  'a judge': show(judge),
  gate: show(gate(comparison, { min: { intent: 0.99 } })),
  live: new Display(liveView(progress.at(performance.now(), Date.now()))),
  scores: charts.scores([base, candidate]),
  distribution: charts.distribution([base, candidate], 'similarity'),
  labels: charts.distribution(base, 'predicted'),
  latency: charts.latency([base, candidate]),
  differences: charts.comparison(comparison),
  confusion: charts.confusion(judged),
};

/** Everything folded open; what is wider than the page, and text that is hard to read on its ground. */
const inspection = `
  for (const one of document.querySelectorAll('details')) one.open = true;
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgbOf = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const lightness = (rgb) => {
    const [r, g, b] = rgb.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const hardToRead = new Set();
  for (const element of document.querySelectorAll('.assay *')) {
    const isSvg = element.namespaceURI.endsWith('svg');
    const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!isText || ['style', 'script', 'title', 'desc'].includes(element.localName)) continue;
    const look = getComputedStyle(element);
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const faint = Number(look.opacity) * Number(isSvg ? look.fillOpacity : 1);
    if (faint < 0.5 && element.textContent.trim() === '0') continue;
    const ground = lightness(rgbOf(['#fff', ...grounds]));
    const ink = lightness(rgbOf(['#fff', ...grounds, isSvg ? look.fill : look.color]));
    const contrast = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    if (contrast < 4.5) hardToRead.add(element.localName + '.' + element.getAttribute('class') + ' ' + element.textContent.slice(0, 30) + ' ' + contrast.toFixed(2));
  }
  const page = document.documentElement;
  return { failures, isTooWide: page.scrollWidth > page.clientWidth, hardToRead: [...hardToRead] };
`;

describe.each(['light', 'dark', 'system'] as const)('in the theme %s', (theme) => {
  test.each(Object.entries(displays))(
    'the display of %s is readable, and no wider than the page',
    async (_name, display) => {
      const markup = display.toMimeBundle()['text/html']!;

      await expect(browser.tell(pageOf(markup, theme, inspection))).resolves.toEqual({
        failures: [],
        isTooWide: false,
        hardToRead: [],
      });
    },
  );
});

describe('a frame in the page', () => {
  const markup = show(runsFrame(base)).toMimeBundle()['text/html']!;
  const cellsOf = `const cells = (name) => {
    const at = [...document.querySelectorAll('th')].findIndex((head) => head.querySelector('button').firstChild.textContent === name);
    return [...document.querySelectorAll('tbody tr')].map((row) => row.children[at].textContent);
  };
  const press = (name) => [...document.querySelectorAll('th button')].find((button) => button.firstChild.textContent === name).click();
  const place = () => document.querySelector('.place').textContent;
  const type = (text) => { const box = document.querySelector('input'); box.value = text; box.dispatchEvent(new Event('input')); };`;

  test('is sorted by a click on a column, the other way by a second, with what is missing at the end', async () => {
    const told = (await browser.tell(
      pageOf(
        markup,
        'light',
        `${cellsOf} press('prompt_tokens'); const up = cells('prompt_tokens'); press('prompt_tokens'); return { up, down: cells('prompt_tokens'), sort: document.querySelectorAll('[aria-sort=descending]').length };`,
      ),
    )) as { readonly up: string[]; readonly down: string[]; readonly sort: number };

    expect(told.up.map(Number)).toEqual(told.up.map(Number).toSorted((a, b) => a - b));
    expect(told.down.map(Number)).toEqual(told.down.map(Number).toSorted((a, b) => b - a));
    expect(told.sort).toBe(1);
  });

  test('is filtered by any text, and paged', async () => {
    const script = `${cellsOf} const all = place(); document.querySelectorAll('.tools button')[1].click(); const second = place(); type('ticket-007'); const one = cells('example_id'); type('nowhere to be found'); return { all, second, one, none: place() };`;

    await expect(browser.tell(pageOf(markup, 'light', script))).resolves.toEqual({
      all: '1–15 of 80',
      second: '16–30 of 80',
      one: ['ticket-007'],
      none: 'no row matches',
    });
  });

  test('shows its first rows, and no tools, where no script may run', async () => {
    const still = markup.replaceAll(/<script>.*?<\/script>/gs, '');

    await expect(
      browser.tell(
        pageOf(
          still,
          'light',
          `${cellsOf} return { rows: cells('example_id').length, tools: document.querySelector('.tools').checkVisibility() };`,
        ),
      ),
    ).resolves.toEqual({ rows: 15, tools: false });
  });
});
