import { type EvaluatorSummary, type ExperimentSummary, formatSummary, type UsageTotal } from '@assay/core';
import type { View } from './display.ts';
import { count, counted, duration, interval, money, percent, score } from './figures.ts';
import { type Html, html } from './html.ts';
import { domainOf, intervalPlot } from './interval-plot.ts';
import { table } from './table.ts';

/** Counts, means with their intervals, labels, latency and cost. */
export function summaryView(summary: ExperimentSummary): View {
  return {
    html: () =>
      html`<div class="head">
          <h3>Summary</h3>
          <span class="id">${summary.experimentId}</span>
        </div>
        ${summaryParts(summary)}`,
    text: () => formatSummary(summary),
  };
}

/** What a summary shows below its headline. */
export function summaryParts(summary: ExperimentSummary): Html {
  return html`${runCounts(summary.taskRuns)}${stoppedNote(summary)}${evaluatorTable(summary)}${facts(summary)}${labelBars(summary)}`;
}

/** How many runs came to what: a line of words, and a bar of the same. */
export function runCounts({ planned, ok, failed, missing }: ExperimentSummary['taskRuns']): Html {
  const bar = [
    ['ok', ok],
    ['failed', failed],
    ['open', missing],
  ] as const;
  return html`<div class="counts">
      <span><b class="strong">${count(planned)}</b> task ${planned === 1 ? 'run' : 'runs'}</span>
      <span class="good">✓ ${count(ok)} ok</span>
      <span class="${failed === 0 ? 'muted' : 'bad'}">✕ ${count(failed)} failed</span>
      <span class="${missing === 0 ? 'muted' : 'warn'}">○ ${count(missing)} missing</span>
    </div>
    <div class="bar" aria-hidden="true">
      ${bar.map(([name, runs]) => (runs === 0 ? null : html`<i class="${name}" style="flex:${runs}"></i>`))}
    </div>`;
}

const stopReasons = {
  signal: 'It was stopped',
  deadline: 'It was stopped at its deadline',
  budget: 'It was stopped by its budget',
  error: 'It was stopped by an error',
} as const;

function stoppedNote({ stopped, taskRuns, experimentId }: ExperimentSummary): Html | null {
  if (stopped === null) return null;
  return html`<p class="note warn">
    ◼ ${stopReasons[stopped]} with ${counted(taskRuns.missing, 'run')} missing. What was finished is saved; to go on:
    <span class="code">live(streamResume({ experimentId: '${experimentId}', store, task, evaluators }))</span>
  </p>`;
}

function evaluatorTable({ evaluators }: ExperimentSummary): Html | null {
  const entries = Object.entries(evaluators);
  if (entries.length === 0) return null;
  const inOneUnit = entries.filter(([, one]) => one.mean !== null && isUnit(one));
  const rows = entries.map(([name, evaluator]) => evaluatorRow(name, evaluator, isUnit(evaluator)));
  const scale = inOneUnit.length > 0 ? ' (0 to 1)' : '';
  return table(
    [
      'evaluator',
      { number: 'mean' },
      `with 95 % interval${scale}`,
      { number: 'interval' },
      { number: 'scored' },
      { number: 'failed' },
      { number: 'skipped' },
      { number: 'missing' },
    ],
    rows,
  );
}

function evaluatorRow(name: string, evaluator: EvaluatorSummary, unit: boolean): Html {
  const { mean, interval: ends, ok, planned, failed, skipped, missing, direction } = evaluator;
  const domain = unit ? ([0, 1] as const) : domainOf([mean, ends?.[0], ends?.[1]], false);
  const label = `${name}: mean ${score(mean)}${ends === null ? '' : `, 95 % interval ${interval(ends)}`}`;
  return html`<tr>
    <td>${name}${directionNote(direction)}</td>
    <td class="n strong">${score(mean)}</td>
    <td class="mid">
      ${mean === null ? html`<span class="muted">no score</span>` : intervalPlot({ value: mean, interval: ends, label }, domain)}
    </td>
    <td class="n">${interval(ends)}</td>
    <td class="n">${count(ok)} of ${count(planned)}</td>
    ${tally(failed, 'bad')}${tally(skipped, 'muted')}${tally(missing, 'warn')}
  </tr>`;
}

function isUnit({ mean, interval: ends }: EvaluatorSummary): boolean {
  return [mean, ends?.[0], ends?.[1]].every(
    (value) => value === null || value === undefined || (value >= 0 && value <= 1),
  );
}

function directionNote(direction: EvaluatorSummary['direction']): Html | null {
  if (direction === 'maximize') return null;
  return html` <span class="muted">${direction === 'minimize' ? '↓ lower is better' : '· neither is better'}</span>`;
}

function tally(value: number, tone: string): Html {
  return html`<td class="n ${value === 0 ? 'muted' : tone}">${count(value)}</td>`;
}

function facts({ latencyMs: { p50, p90, p99 }, waitMs, retries, usage }: ExperimentSummary): Html | null {
  const cells = [
    p50 === null
      ? null
      : fact('median latency', duration(p50), html` <small>p90 ${duration(p90)} · p99 ${duration(p99)}</small>`),
    waitMs >= 1000 ? fact('waited for limits', duration(waitMs)) : null,
    retries > 0 ? fact('retries', count(retries)) : null,
    usageFact('task', usage.task),
    usageFact('evaluators', usage.evaluators),
  ].filter((cell) => cell !== null);
  return cells.length === 0 ? null : html`<div class="facts">${cells}</div>`;
}

/** A figure with its name above it. */
export function fact(name: string, value: unknown, more: Html | null = null): Html {
  return html`<div>
    <div class="what">${name}</div>
    <div class="value">${value}${more}</div>
  </div>`;
}

function usageFact(who: string, { promptTokens, completionTokens, costUsd }: UsageTotal): Html | null {
  if (promptTokens === null && completionTokens === null && costUsd === null) return null;
  const tokens =
    promptTokens === null && completionTokens === null
      ? null
      : `${count(promptTokens ?? 0)} + ${count(completionTokens ?? 0)} tokens`;
  return costUsd === null
    ? fact(`${who}, tokens in + out`, `${count(promptTokens ?? 0)} + ${count(completionTokens ?? 0)}`)
    : fact(`cost of ${who}`, money(costUsd), tokens === null ? null : html` <small>${tokens}</small>`);
}

/** How often each label was given, unless the labels only repeat a pass or a fail. */
function labelBars({ evaluators }: ExperimentSummary): Html | null {
  const told = Object.entries(evaluators).filter(([, { labels }]) =>
    Object.keys(labels).some((label) => label !== 'true' && label !== 'false'),
  );
  return told.length === 0
    ? null
    : html`<div class="side">${told.map(([name, { labels }]) => labelTable(name, labels))}</div>`;
}

const mostLabels = 8;

function labelTable(name: string, labels: Readonly<Record<string, number>>): Html {
  const entries = Object.entries(labels).sort(([, a], [, b]) => b - a);
  const total = entries.reduce((sum, [, times]) => sum + times, 0);
  const most = entries[0]?.[1] ?? 1;
  const rows = entries.slice(0, mostLabels).map(
    ([label, times]) =>
      html`<tr>
        <td>${label.length > 80 ? `${label.slice(0, 80)}…` : label}</td>
        <td class="mid">
          <svg role="img" aria-label="${percent(times / total)}" width="160" height="8">
            <rect width="160" height="8" rx="2" fill="var(--a-soft)" />
            <rect width="${((160 * times) / most).toFixed(1)}" height="8" rx="2" fill="var(--a-blue)" />
          </svg>
        </td>
        <td class="n">${count(times)}</td>
        <td class="n muted">${percent(times / total)}</td>
      </tr>`,
  );
  const rest = entries.length - rows.length;
  return html`<div>
    <h4>Labels of ${name}</h4>
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>
    ${rest > 0 ? html`<p class="note">and ${counted(rest, 'more label')}</p>` : null}
  </div>`;
}
