import { evaluationsLeft, type Experiment, type ProgressCounts } from '@assay/core';
import type { View } from './display.ts';
import { count, counted, duration, interval, score } from './figures.ts';
import { type Html, html } from './html.ts';
import { domainOf, intervalPlot } from './interval-plot.ts';
import { preview } from './json-view.ts';
import type { RunningMean } from './running-means.ts';
import { table } from './table.ts';

/** What is known of a run while it goes on. */
export interface LiveState {
  readonly experiment: Experiment | null;
  readonly counts: ProgressCounts;
  readonly means: readonly RunningMean[];
  /** The last messages of failures. */
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
  readonly phase: 'running' | 'stopping' | 'ended';
  /** Why it ended without a summary. */
  readonly error: string | null;
}

/** A run that goes on: how far it is, what failed, what waits, and the means so far. */
export function liveView(state: LiveState): View {
  return { html: () => liveHtml(state), text: () => liveText(state) };
}

function liveHtml({ experiment, counts, means, failures, warnings, phase, error }: LiveState): Html {
  return html`<div class="head">
      <h3>${experiment?.name ?? 'Experiment'}</h3>
      <span class="id">${experiment?.id}</span>${phaseChip(phase, error)}
    </div>
    ${progress(counts)}
    ${counts.waits.map(({ key, seconds }) => html`<div class="warn">◔ waiting ${duration(seconds * 1000)} for ${key}</div>`)}
    ${meansTable(means)} ${error === null ? null : html`<div class="box bad"><pre>${preview(error, 2000)}</pre></div>`}
    ${failures.map((message) => html`<div class="note"><span class="bad">✕</span> ${preview(message, 200)}</div>`)}
    ${warnings.map((message) => html`<div class="note warn">⚠ ${preview(message, 300)}</div>`)}
    ${advice(phase, experiment)}`;
}

function phaseChip(phase: LiveState['phase'], error: string | null): Html {
  if (error !== null) return html`<span class="chip bad">✕ ended by an error</span>`;
  return phase === 'stopping'
    ? html`<span class="chip warn">◼ stopping</span>`
    : html`<span class="chip">▶ running</span>`;
}

function advice(phase: LiveState['phase'], experiment: Experiment | null): Html | null {
  if (phase === 'running')
    return html`<p class="note">To stop, interrupt the kernel: what was started finishes, and everything is kept.</p>`;
  if (phase === 'stopping') return html`<p class="note">What was started finishes and is saved.</p>`;
  if (experiment === null) return null;
  return html`<p class="note">
    What was finished is saved; to go on:
    <span class="code">live(streamResume({ experimentId: '${experiment.id}', store, task, evaluators }))</span>
  </p>`;
}

function progress(counts: ProgressCounts): Html {
  const {
    runs,
    plannedRuns,
    failedRuns,
    evaluations,
    failedEvaluations,
    plannedEvaluations,
    perSecond,
    recordsPerSecond,
  } = counts;
  const evaluationsRest = evaluationsLeft(counts);
  const left = Math.max(0, plannedRuns - runs) + evaluationsRest;
  const done = runs + evaluations;
  const failed = failedRuns + failedEvaluations;
  return html`<div class="counts">
      ${plannedRuns > 0 && html`<span><b class="strong">${count(runs)}</b> of ${counted(plannedRuns, 'run')}</span>`}
      ${plannedEvaluations > 0 && html`<span><b class="strong">${count(evaluations)}</b> of ${counted(evaluations + evaluationsRest, 'evaluation')}</span>`}
      <span class="${failed === 0 ? 'muted' : 'bad'}">✕ ${count(failed)} failed</span>
      ${perSecond !== null && html`<span class="muted">${perSecond >= 10 ? count(Math.round(perSecond)) : perSecond.toFixed(1)}/s</span>`}
      ${recordsPerSecond !== null && left > 0 && html`<span class="muted">${duration((left / recordsPerSecond) * 1000)} left</span>`}
    </div>
    <div
      class="bar"
      role="progressbar"
      aria-label="done"
      aria-valuemin="0"
      aria-valuemax="${done + left}"
      aria-valuenow="${done}"
    >
      ${done - failed > 0 && html`<i style="flex:${done - failed}"></i>`}${failed > 0 && html`<i class="failed" style="flex:${failed}"></i>`}${left > 0 && html`<i class="open" style="flex:${left}"></i>`}
    </div>`;
}

function meansTable(means: readonly RunningMean[]): Html | null {
  if (means.length === 0) return null;
  const rows = means.map(({ name, mean, interval: ends, scored, failed }) => {
    const values = [mean, ends?.[0], ends?.[1]];
    const label = `${name}: mean so far ${score(mean)}`;
    return html`<tr>
      <td>${name}</td>
      <td class="n strong">${score(mean)}</td>
      <td class="mid">
        ${mean === null ? html`<span class="muted">no score yet</span>` : intervalPlot({ value: mean, interval: ends, label }, domainOf(values))}
      </td>
      <td class="n">${interval(ends)}</td>
      <td class="n">${count(scored)}</td>
      <td class="n ${failed === 0 ? 'muted' : 'bad'}">${count(failed)}</td>
    </tr>`;
  });
  return table(
    [
      'evaluator',
      { number: 'mean so far' },
      'with 95 % interval',
      { number: 'interval' },
      { number: 'scored' },
      { number: 'failed' },
    ],
    rows,
  );
}

function liveText({ experiment, counts, phase, error }: LiveState): string {
  const { runs, plannedRuns, evaluations, plannedEvaluations, failedRuns, failedEvaluations } = counts;
  const state = error ?? phase;
  return `Experiment ${experiment?.name ?? ''} (${experiment?.id ?? ''}), ${state}: ${runs} of ${plannedRuns} runs, ${evaluations} of ${plannedEvaluations} evaluations, ${failedRuns + failedEvaluations} failed`;
}
