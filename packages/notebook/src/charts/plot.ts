import type * as PlotModule from '@observablehq/plot';
import type * as LinkedomModule from 'linkedom';
import { createRequire } from 'node:module';
import { Display } from '../display.ts';
import { Html, html } from '../html.ts';

export type Plot = typeof PlotModule;

/** A chart before it is drawn. */
export interface Chart {
  /** What it shows, in a few words. */
  readonly title: string;
  /** The same as a sentence or two, for those who do not see it: what is drawn, and what stands out. */
  readonly description: string;
  readonly options: (plot: Plot) => PlotModule.PlotOptions;
  /** The figures of the chart as lines of text. */
  readonly text: () => string;
}

/** A chart as something to show: SVG, inside HTML and alone, and its figures as text. */
export function chartDisplay(chart: Chart): Display {
  let drawn: string | undefined;
  const svg = (): string => (drawn ??= draw(chart));
  return new Display({
    html: () => figure(chart, svg()),
    svg: () => standalone(svg()),
    text: () => `${chart.title}\n${chart.text()}`,
  });
}

/** A chart as a part of another display. */
export function chartFigure(chart: Chart): Html {
  return figure(chart, draw(chart));
}

function figure({ title }: Chart, svg: string): Html {
  return html`<figure>
    <figcaption class="head"><span class="strong">${title}</span></figcaption>
    ${new Html(svg)}
  </figure>`;
}

/** Loaded when the first chart is drawn: they take longer to load than all else. */
const load = createRequire(import.meta.url);

function draw({ title, description, options }: Chart): string {
  const plot = load('@observablehq/plot') as Plot;
  const { parseHTML } = load('linkedom') as typeof LinkedomModule;
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const given = options(plot);
  const svg = plot.plot({
    document,
    ...given,
    className: 'assay-plot',
    style: { fontSize: '12px', fontFamily: 'inherit', overflow: 'visible' },
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${title}. ${description}`);
  for (const [name, text] of [
    ['desc', description],
    ['title', title],
  ] as const) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    element.textContent = text;
    svg.prepend(element as unknown as Node);
  }
  return svg.outerHTML;
}

/** As a file of its own it has no page to take its colours from. */
function standalone(svg: string): string {
  return svg.replace(
    '<svg ',
    `<svg xmlns="http://www.w3.org/2000/svg" color="#1c2024" style="background:#fff;font-family:system-ui,sans-serif;${lightColours}" `,
  );
}

const lightColours =
  '--a-text:#1c2024;--a-muted:#5d6570;--a-line:#e2e5e9;--a-soft:#f5f6f8;--a-page:#fff;--a-blue:#2f62c9;--a-good:#1a7f4e;--a-bad:#c0392b;--a-warn:#96650a;' +
  '--a-series-1:#2f62c9;--a-series-2:#c2570c;--a-series-3:#0f8074;--a-series-4:#7a4ec2;--a-series-5:#b23a73';
