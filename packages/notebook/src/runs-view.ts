import type { EvaluationRun, RanExperiment, TaskRun } from '@assay/core';
import type { View } from './display.ts';
import { detailsOf, foldedRuns } from './experiment-view.ts';
import { count, counted } from './figures.ts';
import { html } from './html.ts';
import { preview } from './json-view.ts';
import { evaluationTable, runTitle } from './run-view.ts';

const shown = 20;

/** Task runs, each a line that folds open. */
export function runsView(runs: readonly TaskRun[], of: Pick<RanExperiment, 'examples' | 'evaluationRuns'>): View {
  const rest =
    runs.length > shown
      ? html`<p class="note">
          The first ${shown} of ${count(runs.length)}. <span class="code">show(runsFrame(…))</span> shows more.
        </p>`
      : null;
  return {
    html: () =>
      html`<div class="head"><span class="strong">${counted(runs.length, 'task run')}</span></div>
        ${foldedRuns(detailsOf(runs.slice(0, shown), of))}${rest}`,
    text: () =>
      [
        counted(runs.length, 'task run'),
        ...runs
          .slice(0, 10)
          .map(
            (run) =>
              `  ${runTitle(run)}: ${run.error === null ? preview(run.output, 80) : `failed: ${preview(run.error, 80)}`}`,
          ),
        ...(runs.length > 10 ? ['  …'] : []),
      ].join('\n'),
  };
}

/** What evaluators said, a row each. */
export function evaluationsView(evaluations: readonly EvaluationRun[]): View {
  return {
    html: () =>
      html`<div class="head"><span class="strong">${counted(evaluations.length, 'evaluation')}</span></div>
        ${evaluationTable(evaluations.slice(0, shown))}
        ${evaluations.length > shown ? html`<p class="note">The first ${shown}. <span class="code">show(evaluationsFrame(…))</span> shows more.</p>` : null}`,
    text: () =>
      [
        counted(evaluations.length, 'evaluation'),
        ...evaluations
          .slice(0, 10)
          .map(
            ({ exampleId, name, score, label, error }) =>
              `  ${exampleId}: ${name} ${preview(error ?? label ?? score, 80)}`,
          ),
        ...(evaluations.length > 10 ? ['  …'] : []),
      ].join('\n'),
  };
}
