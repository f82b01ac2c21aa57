import { AssayError } from '@assay/core/errors';
import {
  type AnalysisSource,
  compare,
  type CompareOptions,
  type Comparison,
  type ComparisonRow,
  type ExampleComparisonRow,
} from '@assay/frames';
import { changed, comparisonText, comparisonWarnings, metricTable } from './comparison-view.ts';
import { diffColumns } from './diff-view.ts';
import { Display } from './display.ts';
import { count, difference, score } from './figures.ts';
import { type Html, html } from './html.ts';
import { jsonView, littleRoom, preview } from './json-view.ts';
import { type Answer, type Answers, answersTo } from './side-by-side.ts';

export interface CompareViewOptions extends CompareOptions {
  /** The metric by which rows are chosen. Default: the first that changed for the better or the worse anywhere. */
  readonly metric?: string | undefined;
  /** How many rows are shown: half of those that got worse, half of those that got better. Default 20. */
  readonly rows?: number | undefined;
}

/**
 * Compares experiments, with the rows behind the numbers: every difference with its interval and verdict, then the examples
 * that got worse and better, each with what went in, what was expected, and the outputs side by side.
 *
 * @throws AssayError `invalid-config` when the datasets differ, or for a metric that neither has.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { compareView } from '@assay/notebook';
 *
 * declare const base: RanExperiment;
 * declare const candidate: RanExperiment;
 *
 * compareView(base, candidate, { metric: 'exact' });
 * ```
 */
export function compareView(
  base: AnalysisSource,
  candidates: AnalysisSource | readonly AnalysisSource[],
  { metric, rows = 20, ...options }: CompareViewOptions = {},
): Display {
  const comparison = compare(base, candidates, options);
  const names = [...new Set(comparison.metrics.map(({ candidate }) => candidate))];
  const sources = isList(candidates) ? candidates : [candidates];
  const chosen = chosenMetric(comparison, metric);
  return new Display({
    html: () =>
      html`<div class="head">
          <h3>${nameOf(base)}</h3>
          <span class="muted">against ${names.join(', ')}</span>
        </div>
        ${metricTable(comparison)}${comparisonWarnings(comparison)}
        ${chosen === null ? null : names.map((name, index) => changedRows(comparison, chosen, name, base, sources[index]!, rows))}`,
    text: () => comparisonText(comparison),
  });
}

function isList(candidates: AnalysisSource | readonly AnalysisSource[]): candidates is readonly AnalysisSource[] {
  return Array.isArray(candidates);
}

function nameOf(source: AnalysisSource): string {
  if ('columnNames' in source) return 'base';
  return 'experiment' in source ? source.experiment.name : source.name;
}

function chosenMetric({ metrics }: Comparison, wanted: string | undefined): string | null {
  if (wanted === undefined)
    return metrics.find(({ improved, regressed }) => (improved ?? 0) + (regressed ?? 0) > 0)?.metric ?? null;
  if (metrics.some(({ metric }) => metric === wanted)) return wanted;
  const known = [...new Set(metrics.map(({ metric }) => metric))].join(', ');
  throw new AssayError('invalid-config', `Expected metric to be one of ${known}, got ${wanted}`);
}

/** The rows of one candidate that changed. */
function changedRows(
  comparison: Comparison,
  metric: string,
  candidate: string,
  base: AnalysisSource,
  source: AnalysisSource,
  most: number,
): Html {
  const all = changed(comparison.examples, metric, candidate);
  const groups = (['regressed', 'improved'] as const).map((change) => all.filter((row) => row.change === change));
  const shown = groups.map((group) => group.slice(0, Math.ceil(most / 2)));
  const ids = shown.flat().map(({ example_id }) => example_id);
  const before = answersTo(ids, base);
  const after = answersTo(ids, source);
  const { improved, regressed } = comparison.metrics.find(
    (row): row is ComparisonRow => row.metric === metric && row.candidate === candidate,
  )!;
  return html`<h4>
      ${metric} of ${candidate}: <span class="bad">▼ ${count(regressed ?? 0)} worse</span>,
      <span class="good">▲ ${count(improved ?? 0)} better</span>
    </h4>
    ${shown.map(
      (rows, index) =>
        html`<ul class="plain">
            ${rows.map((row) => exampleRow(row, before.get(row.example_id), after.get(row.example_id), [nameOf(base), candidate]))}
          </ul>
          ${restOf(groups[index]!.length - rows.length, index === 0 ? 'worse' : 'better')}`,
    )}`;
}

function restOf(rest: number, word: string): Html | null {
  return rest > 0 ? html`<p class="note">and ${count(rest)} more that got ${word}</p>` : null;
}

function exampleRow(
  { example_id, base, value, difference: by, change }: ExampleComparisonRow,
  before: Answers | undefined,
  after: Answers | undefined,
  [baseName, candidate]: readonly [string, string],
): Html {
  const sign = change === 'improved' ? html`<span class="good">▲</span>` : html`<span class="bad">▼</span>`;
  const title = html`<span class="line">
    <span>${sign} <span class="strong">${example_id}</span></span>
    <span class="rest">${preview(before?.input ?? '', 160)}</span>
    <span class="muted">${score(base)} → ${score(value)} <b class="strong">(${difference(by)})</b></span>
  </span>`;
  const known = before ?? after;
  const pairs = Math.max(before?.answers.length ?? 0, after?.answers.length ?? 0);
  return html`<li>
    <details>
      <summary>${title}</summary>
      <div class="pair">
        <div>
          <h4>input</h4>
          <div class="box">${jsonView(known?.input ?? null, littleRoom())}</div>
        </div>
        ${
          known?.expected === null || known?.expected === undefined
            ? null
            : html`<div>
                <h4>expected</h4>
                <div class="box">${jsonView(known.expected, littleRoom())}</div>
              </div>`
        }
      </div>
      ${Array.from({ length: Math.min(pairs, 3) }, (_, index) => outputs([baseName, before?.answers[index]], [candidate, after?.answers[index]]))}
      ${pairs > 3 ? html`<p class="note">and ${count(pairs - 3)} more repetitions</p>` : null}
    </details>
  </li>`;
}

type Named = readonly [name: string, answer: Answer | undefined];

function outputs(left: Named, right: Named): Html {
  return diffColumns(
    [heading(left), left[1]?.error ?? left[1]?.output ?? null],
    [heading(right), right[1]?.error ?? right[1]?.output ?? null],
  );
}

function heading([name, answer]: Named): Html {
  if (answer === undefined) return html`${name} <span class="warn">○ no run</span>`;
  const state = answer.error === null ? null : html` <span class="bad">✕ failed</span>`;
  return html`<span class="strong">${name}</span>${state}
    <span class="muted"
      >${answer.verdicts.slice(0, 4).map(([evaluator, said]) => html`<span class="verdict">${evaluator} <b>${preview(said, 24)}</b></span>`)}
      <span class="verdict">${answer.latency}</span></span
    >`;
}
