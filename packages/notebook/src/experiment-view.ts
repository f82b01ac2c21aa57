import { type EvaluationRun, type Experiment, formatSummary, type RanExperiment, type TaskRun } from '@assay/core';
import type { View } from './display.ts';
import { count, counted, score } from './figures.ts';
import { type Html, html } from './html.ts';
import { jsonView, preview } from './json-view.ts';
import { type RunDetail, runParts, runTitle } from './run-view.ts';
import { fact, summaryParts } from './summary-view.ts';

/** Everything about an experiment that was run: its summary, its failures, and the runs worth a look. */
export function experimentView(ran: RanExperiment): View {
  return {
    html: () =>
      html`${headline(ran)}${summaryParts(ran.summary)}${warnings(ran.warnings)}${failures(ran)}${runList(ran)}`,
    text: () => formatSummary(ran),
  };
}

/** An experiment of which no runs are at hand. */
export function experimentRecordView(experiment: Experiment): View {
  const { name, id, description, exampleCount, repetitions, splits, metadata, createdAt } = experiment;
  return {
    html: () =>
      html`<div class="head">
          <h3>${name}</h3>
          <span class="id">${id}</span>
        </div>
        ${description === null ? null : html`<p class="note">${description}</p>`}
        <div class="facts">
          ${fact('examples', count(exampleCount))}${fact('repetitions', count(repetitions))}
          ${splits === null ? null : fact('splits', splits.join(', '))}${fact('created', createdAt.toISOString().slice(0, 16).replace('T', ' '))}
        </div>
        ${
          Object.keys(metadata).length === 0
            ? null
            : html`<h4>metadata</h4>
                ${jsonView(metadata)}`
        }`,
    text: () =>
      `Experiment ${name} (${id}): ${counted(exampleCount, 'example')}, ${counted(repetitions, 'repetition')}`,
  };
}

function headline({ name, id, description, dryRun, repetitions, exampleCount }: RanExperiment): Html {
  return html`<div class="head">
      <h3>${name}</h3>
      <span class="id">${id}</span>
      ${dryRun ? html`<span class="chip">a sample, nothing is kept</span>` : null}
      <span class="muted"
        >${counted(exampleCount, 'example')}${repetitions === 1 ? '' : `, each ${count(repetitions)} times`}</span
      >
    </div>
    ${description === null ? null : html`<p class="note">${description}</p>`}`;
}

function warnings(messages: readonly string[]): Html | null {
  if (messages.length === 0) return null;
  return html`<ul class="plain">
    ${messages.map((message) => html`<li class="warn">⚠ ${preview(message, 500)}</li>`)}
  </ul>`;
}

const mostMessages = 5;

/** The commonest messages of failures, so that a wrong key shows at once. */
function failures({ taskRuns, evaluationRuns }: RanExperiment): Html | null {
  const messages = new Map<string, { times: number; readonly exampleId: string }>();
  const add = (message: string, exampleId: string): void => {
    const known = messages.get(message);
    if (known === undefined) messages.set(message, { times: 1, exampleId });
    else known.times += 1;
  };
  for (const { error, exampleId } of taskRuns) if (error !== null) add(`task: ${error}`, exampleId);
  for (const { error, name, exampleId } of evaluationRuns) if (error !== null) add(`${name}: ${error}`, exampleId);
  if (messages.size === 0) return null;
  const rows = [...messages].sort(([, a], [, b]) => b.times - a.times).slice(0, mostMessages);
  const rest = messages.size - rows.length;
  return html`<h4>Failures</h4>
    <table>
      <tbody>
        ${rows.map(
          ([message, { times, exampleId }]) =>
            html`<tr>
              <td class="n bad">✕ ${count(times)} ×</td>
              <td>${preview(message, 300)}</td>
              <td class="muted">${times === 1 ? '' : 'such as '}${exampleId}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${rest > 0 ? html`<p class="note">and ${counted(rest, 'other message')}</p>` : null}`;
}

const shownRuns = 10;

/** The runs to look at first: what failed, then the lowest scores. Each folds open. */
function runList(ran: RanExperiment): Html | null {
  if (ran.taskRuns.length === 0) return null;
  const shown = lowest(ran, shownRuns);
  const title =
    shown.length < ran.taskRuns.length
      ? `Runs, lowest first: ${shown.length} of ${count(ran.taskRuns.length)}`
      : 'Runs, lowest first';
  return html`<h4>${title}</h4>
    ${foldedRuns(detailsOf(shown, ran))}`;
}

/** The first few runs in this order. They are picked without sorting all, as there may be a million. */
function lowest({ taskRuns, evaluationRuns }: RanExperiment, most: number): readonly TaskRun[] {
  const scores = firstScores(evaluationRuns);
  const picked: { readonly run: TaskRun; readonly rank: number }[] = [];
  for (const run of taskRuns) {
    const rank = run.error === null ? (scores.get(run.id) ?? Infinity) : -Infinity;
    if (picked.length === most && rank >= picked[most - 1]!.rank) continue;
    const place = picked.findIndex((other) => rank < other.rank);
    picked.splice(place === -1 ? picked.length : place, 0, { run, rank });
    if (picked.length > most) picked.pop();
  }
  return picked.map(({ run }) => run);
}

/** The score of the first evaluator for each run, turned so that lower is worse. */
function firstScores(evaluationRuns: readonly EvaluationRun[]): ReadonlyMap<string, number> {
  const first = evaluationRuns.find((run) => run.score !== null && run.direction !== 'neutral');
  const scores = new Map<string, number>();
  for (const { name, taskRunId, score: value, direction } of evaluationRuns) {
    if (name === first?.name && value !== null) scores.set(taskRunId, direction === 'minimize' ? -value : value);
  }
  return scores;
}

/** Runs of an experiment with their examples and evaluations. */
export function detailsOf(
  runs: readonly TaskRun[],
  { examples, evaluationRuns }: Pick<RanExperiment, 'examples' | 'evaluationRuns'>,
): readonly RunDetail[] {
  const exampleIds = new Set(runs.map(({ exampleId }) => exampleId));
  const exampleById = new Map(examples.filter(({ id }) => exampleIds.has(id)).map((example) => [example.id, example]));
  const evaluationsByRun = new Map<string, EvaluationRun[]>(runs.map(({ id }) => [id, []]));
  for (const evaluation of evaluationRuns) evaluationsByRun.get(evaluation.taskRunId)?.push(evaluation);
  return runs.map((run) => ({
    run,
    example: exampleById.get(run.exampleId),
    evaluations: evaluationsByRun.get(run.id) ?? [],
  }));
}

/** Runs that fold open, each a line. */
export function foldedRuns(details: readonly RunDetail[]): Html {
  return html`<ul class="plain">
    ${details.map(
      (detail) =>
        html`<li>
          <details>
            <summary>${runLine(detail)}</summary>
            ${runParts(detail)}
          </details>
        </li>`,
    )}
  </ul>`;
}

function runLine({ run, evaluations }: RunDetail): Html {
  return html`<span class="line">
    <span class="strong">${run.error === null ? null : html`<span class="bad">✕ </span>`}${runTitle(run)}</span>
    <span class="rest ${run.error === null ? '' : 'bad'}">${preview(run.error ?? run.output, 160)}</span>
    <span class="muted">${evaluations.slice(0, shownVerdicts).map(verdict)}</span>
  </span>`;
}

/** Verdicts that fit in a line. */
const shownVerdicts = 4;

function verdict({ name, score: value, label, status }: EvaluationRun): Html {
  const said = status === 'ok' ? (label ?? score(value)) : status;
  return html`<span class="verdict"
    >${name} <b class="${status === 'failed' ? 'bad' : 'strong'}">${preview(said, 24)}</b></span
  >`;
}
