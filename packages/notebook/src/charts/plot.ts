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
  const { DOMParser } = load('linkedom') as typeof LinkedomModule;
  // Not a page: a page's attributes are written with < and & as they are, which no reader of an SVG file takes.
  const document = new DOMParser().parseFromString(emptySvg, 'image/svg+xml') as unknown as Document;
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
  return xmlText(svg.outerHTML);
}

const emptySvg = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';

/** Names may hold what XML cannot: control characters, and halves of surrogate pairs. */
function xmlText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- what XML cannot hold
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** As a file of its own it has no page to take its colours from. */
function standalone(svg: string): string {
  // Added to the style that is there: an attribute that stands twice makes a file that nothing opens.
  return svg
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" color="#1c2024" ')
    .replace(/ style="([^"]*)"/, (_, own: string) => ` style="${own};${standaloneStyle}"`);
}

const standaloneStyle =
  'background:#fff;font-family:system-ui,sans-serif;' +
  '--a-text:#1c2024;--a-muted:#5d6570;--a-line:#e2e5e9;--a-soft:#f5f6f8;--a-page:#fff;--a-blue:#2f62c9;--a-good:#1a7f4e;--a-bad:#c0392b;--a-warn:#96650a;' +
  '--a-series-1:#2f62c9;--a-series-2:#c2570c;--a-series-3:#0f8074;--a-series-4:#7a4ec2;--a-series-5:#b23a73';
