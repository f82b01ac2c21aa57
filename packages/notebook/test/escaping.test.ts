import type { RanExperiment } from '@assay/core';
import { compare, examplesFrame, runsFrame } from '@assay/frames';
import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { charts, compareView, type Display, show } from '../src/index.ts';
import { ranTickets } from './fixtures/tickets.ts';

const plain = await ranTickets('prompt', 0.8, 12);
const other = await ranTickets('other prompt', 0.4, 12);

/** The same experiment with this text wherever a person or a model could have written it. */
function poisoned(ran: RanExperiment, text: string): RanExperiment {
  return {
    ...ran,
    name: text,
    description: text,
    examples: ran.examples.map((example) => ({
      ...example,
      input: { [text]: text },
      expected: text,
      metadata: { text },
    })),
    taskRuns: ran.taskRuns.map((run, index) =>
      index % 3 === 0 ? { ...run, output: null, error: text } : { ...run, output: [text, index] },
    ),
    evaluationRuns: ran.evaluationRuns.map((run) => ({ ...run, label: text, explanation: text })),
    warnings: [text],
    summary: {
      ...ran.summary,
      evaluators: Object.fromEntries(
        Object.entries(ran.summary.evaluators).map(([name, one]) => [
          `${name}${text}`,
          { ...one, labels: { [text]: 3 } },
        ]),
      ),
    },
  };
}

function displaysOf(text: string): readonly Display[] {
  const [ran, against] = [poisoned(plain, text), poisoned(other, text)];
  return [
    show(ran),
    show(ran.taskRuns[1]!, { of: ran }),
    show(ran.examples),
    show(runsFrame(ran)),
    show(examplesFrame(ran)),
    show(compare(ran, against)),
    compareView(ran, against),
    charts.scores([ran, against]),
  ];
}

const hostile = fc.oneof(
  fc.constantFrom(
    '<img src=x onerror=alert(1)>',
    '</script><script>alert(1)</script>',
    '"><b onmouseover=x>',
    "' onload='x",
    '</title><b>',
    '</style><b>',
    '<!--',
    '\u2028<',
    ']]>',
    '&lt;b&gt;',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
);

test('shows no text as markup, wherever it stands', () => {
  const shapeOf = (display: Display): string => {
    const { document } = parseHTML(`<!doctype html><html><body>${display.toMimeBundle()['text/html']}</body></html>`);
    expect([...document.querySelectorAll('img, iframe, object, embed, link, base, meta, form')]).toEqual([]);
    for (const element of document.querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/);
    return [...document.querySelectorAll('script, style')].map(({ localName }) => localName).join();
  };
  const shapes = displaysOf('harmless').map(shapeOf);
  fc.assert(
    fc.property(hostile, (text) => {
      expect(displaysOf(text).map(shapeOf)).toEqual(shapes);
    }),
    { seed: 9, numRuns: 15 },
  );
});
