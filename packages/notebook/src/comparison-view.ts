import type { Comparison, ComparisonRow, ComparisonVerdict, ExampleComparisonRow } from '@assay/frames';
import type { View } from './display.ts';
import { count, counted, decimal, difference, score } from './figures.ts';
import { textTable } from './frame-view.ts';
import { type Html, html } from './html.ts';
import { type Domain, domainOf, intervalPlot } from './interval-plot.ts';
import { preview } from './json-view.ts';
import { table } from './table.ts';

/** Differences with their intervals and verdicts, and the examples that changed. */
export function comparisonView(comparison: Comparison): View {
  return {
    html: () => html`${metricTable(comparison)}${comparisonWarnings(comparison)}${flips(comparison)}`,
    text: () => comparisonText(comparison),
  };
}

/** Each metric of each candidate against the base. */
export function metricTable({ metrics, confidence }: Comparison): Html {
  if (metrics.length === 0) return html`<p class="muted">No metric that both have.</p>`;
  const several = new Set(metrics.map(({ candidate }) => candidate)).size > 1;
  const level = `${Math.round(confidence * 1000) / 10} %`;
  return table(
    [
      'metric',
      several ? 'candidate' : null,
      { number: 'base' },
      { number: 'candidate' },
      { number: 'difference' },
      `with ${level} interval, around 0`,
      { number: 'p, adjusted' },
      { number: 'pairs' },
      { number: 'better · worse' },
      'verdict',
    ],
    metrics.map((row) => metricRow(row, several, level)),
  );
}

function metricRow(row: ComparisonRow, several: boolean, level: string): Html {
  const { metric, candidate, direction, base_mean, candidate_mean, ci_low, ci_high, p_adjusted, n_paired, n_missing } =
    row;
  const interval = ci_low === null || ci_high === null ? null : ([ci_low, ci_high] as const);
  const ends = interval === null ? '' : `, ${level} interval ${difference(interval[0])} to ${difference(interval[1])}`;
  const label = `${metric} of ${candidate}: difference ${difference(row.difference)}${ends}`;
  const tone = verdictTone(row.verdict);
  const direct = direction === 'minimize' ? html` <span class="muted" title="lower is better">↓</span>` : null;
  return html`<tr>
    <td>${metric}${direct}</td>
    ${several && html`<td>${candidate}</td>`}
    <td class="n">${figure(base_mean)}</td>
    <td class="n">${figure(candidate_mean)}</td>
    <td class="n strong">${difference(row.difference)}</td>
    <td class="mid">
      ${row.difference === null ? html`<span class="muted">–</span>` : intervalPlot({ value: row.difference, interval, label, reference: 0, tone: tone === 'muted' ? 'blue' : tone }, symmetric(row))}
    </td>
    <td class="n">${pValue(p_adjusted)}</td>
    <td class="n">
      ${count(n_paired)}${n_missing > 0 ? html` <span class="warn">(${count(n_missing)} missing)</span>` : null}
    </td>
    <td class="n">${row.improved === null ? '–' : html`${count(row.improved)} · ${count(row.regressed ?? 0)}`}</td>
    <td>${verdictChip(row.verdict)}</td>
  </tr>`;
}

/** 0 in the middle, so that the side tells the sign. */
function symmetric({ difference: value, ci_low, ci_high }: ComparisonRow): Domain {
  const [low, high] = domainOf([value, ci_low, ci_high], false);
  const reach = Math.max(-low, high) * 1.1 || 1;
  return [-reach, reach];
}

function figure(value: number | null): string {
  return value !== null && Math.abs(value) < 10 ? score(value) : decimal(value);
}

function pValue(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

const signs = {
  better: '▲ better',
  worse: '▼ worse',
  equivalent: '= equivalent',
  inconclusive: '~ inconclusive',
  'too little data': '… too little data',
} as const satisfies Record<ComparisonVerdict, string>;

/** A verdict with its sign, so that it is read without colour. */
export function verdictSign(verdict: ComparisonVerdict | null): string {
  return verdict === null ? 'neutral' : signs[verdict];
}

function verdictChip(verdict: ComparisonVerdict | null): Html {
  return verdict === null
    ? html`<span class="muted">neutral</span>`
    : html`<span class="chip ${verdictTone(verdict)}">${verdictSign(verdict)}</span>`;
}

export function verdictTone(verdict: ComparisonVerdict | null): 'good' | 'bad' | 'muted' {
  if (verdict === 'better') return 'good';
  return verdict === 'worse' ? 'bad' : 'muted';
}

export function comparisonWarnings({ warnings }: Comparison): Html | null {
  if (warnings.length === 0) return null;
  const list = html`<ul class="plain">
    ${warnings.map((warning) => html`<li class="warn">⚠ ${preview(warning, 500)}</li>`)}
  </ul>`;
  if (warnings.length <= 2) return list;
  return html`<details>
    <summary class="warn">⚠ ${counted(warnings.length, 'warning')}</summary>
    ${list}
  </details>`;
}

const shownFlips = 15;

/** The examples of each metric that changed, the largest changes first. */
function flips({ metrics, examples }: Comparison): Html | null {
  const judged = metrics.filter(({ improved, regressed }) => (improved ?? 0) + (regressed ?? 0) > 0);
  const several = new Set(metrics.map(({ candidate }) => candidate)).size > 1;
  const parts = judged.map(({ metric, candidate, improved, regressed }) => {
    const rows = changed(examples, metric, candidate);
    const title = `${metric}${several ? ` of ${candidate}` : ''}: ▲ ${count(improved ?? 0)} better, ▼ ${count(regressed ?? 0)} worse`;
    return html`<li>
      <details>
        <summary>${title}</summary>
        ${table(['example', { number: 'base' }, { number: 'candidate' }, { number: 'difference' }, ''], rows.slice(0, shownFlips).map(flipRow))}
        ${rows.length > shownFlips ? html`<p class="note">and ${count(rows.length - shownFlips)} more</p>` : null}
      </details>
    </li>`;
  });
  return parts.length === 0
    ? null
    : html`<h4>Examples that changed</h4>
        <ul class="plain">
          ${parts}
        </ul>`;
}

/** The examples that went one way or the other, the largest changes first. */
export function changed(
  examples: readonly ExampleComparisonRow[],
  metric: string,
  candidate: string,
): readonly ExampleComparisonRow[] {
  return examples
    .filter((row) => row.metric === metric && row.candidate === candidate && isChange(row))
    .sort((a, b) => Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0));
}

function isChange({ change }: ExampleComparisonRow): boolean {
  return change === 'improved' || change === 'regressed';
}

function flipRow({ example_id, base, value, difference: by, change }: ExampleComparisonRow): Html {
  return html`<tr>
    <td>${example_id}</td>
    <td class="n">${figure(base)}</td>
    <td class="n">${figure(value)}</td>
    <td class="n">${difference(by)}</td>
    <td>
      ${change === 'improved' ? html`<span class="good">▲ better</span>` : html`<span class="bad">▼ worse</span>`}
    </td>
  </tr>`;
}

export function comparisonText({ metrics, confidence, warnings }: Comparison): string {
  const lines = [
    [
      'metric',
      'candidate',
      'base',
      'candidate',
      'difference',
      `${Math.round(confidence * 1000) / 10} % interval`,
      'p',
      'pairs',
      'verdict',
    ],
    ...metrics.map((row) => [
      row.metric,
      row.candidate,
      figure(row.base_mean),
      figure(row.candidate_mean),
      difference(row.difference),
      row.ci_low === null || row.ci_high === null ? '–' : `${difference(row.ci_low)} to ${difference(row.ci_high)}`,
      pValue(row.p_adjusted),
      count(row.n_paired),
      row.verdict ?? 'neutral',
    ]),
  ];
  return [
    `Comparison of ${counted(metrics.length, 'metric')}`,
    textTable(lines, [false, false, true, true, true, true, true, true, false]),
    ...warnings.map((warning) => `Warning: ${warning}`),
  ].join('\n');
}
