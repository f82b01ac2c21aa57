import type { EvaluationRun, Example, TaskRun } from '@assay/core';
import { diffView } from './diff-view.ts';
import type { View } from './display.ts';
import { count, duration, money, score } from './figures.ts';
import { type Html, html } from './html.ts';
import { jsonView, littleRoom, plentyOfRoom, preview, prettyJson, type Room, textView } from './json-view.ts';
import { fact } from './summary-view.ts';
import { table } from './table.ts';

/** A task run with what belongs to it, where that is known. */
export interface RunDetail {
  readonly run: TaskRun;
  readonly example?: Example | undefined;
  readonly evaluations: readonly EvaluationRun[];
}

/** One run: what went in, what was expected beside what came out, and what the evaluators said. */
export function runView(detail: RunDetail): View {
  const { run } = detail;
  return {
    html: () =>
      html`<div class="head">
          <h3>${runTitle(run)}</h3>
          ${statusOf(run)}<span class="id">${run.id}</span>
        </div>
        ${runParts(detail, plentyOfRoom)}`,
    text: () => runText(detail),
  };
}

export function runTitle({ exampleId, repetition }: TaskRun): string {
  return repetition === 1 ? exampleId : `${exampleId}, repetition ${repetition}`;
}

/** What the detail shows below its headline. @param room - How much of each value is shown. */
export function runParts({ run, example, evaluations }: RunDetail, room: () => Room = littleRoom): Html {
  const input =
    example === undefined
      ? null
      : html`<h4>input</h4>
          <div class="box">${jsonView(example.input, room())}</div>`;
  return html`${input}${outcome(run, example?.expected ?? null, room)}${evaluationTable(evaluations)}${runFacts(run)}${metadataOf(example, room)}`;
}

function outcome({ error, output }: TaskRun, expected: unknown, room: () => Room): Html {
  if (error !== null)
    return html`<h4 class="bad">✕ error</h4>
      <div class="box">${textView(error, room())}</div>`;
  if (expected !== null) return diffView(expected, output, room());
  return html`<h4>output</h4>
    <div class="box">${jsonView(output, room())}</div>`;
}

function statusOf({ error }: TaskRun): Html {
  return error === null ? html`<span class="chip good">✓ ok</span>` : html`<span class="chip bad">✕ failed</span>`;
}

/** What each evaluator said. */
export function evaluationTable(evaluations: readonly EvaluationRun[]): Html | null {
  if (evaluations.length === 0) return null;
  const rows = evaluations.map(
    ({ name, kind, status, score: value, label, explanation, error }) =>
      html`<tr>
        <td>
          ${name}${kind === 'CODE' ? null : html` <span class="muted">${kind === 'LLM' ? 'model' : 'person'}</span>`}
        </td>
        <td class="n strong">${score(value)}</td>
        <td>${label ?? ''}</td>
        <td>
          ${status === 'failed' ? html`<span class="bad">✕ ${preview(error, 300)}</span>` : null}${status === 'skipped' ? html`<span class="muted">skipped: </span>` : null}${preview(explanation ?? '', 300)}
        </td>
      </tr>`,
  );
  return table(['evaluator', { number: 'score' }, 'label', 'explanation'], rows);
}

function runFacts({ latencyMs, waitMs, attempts, usage, traceId }: TaskRun): Html | null {
  const cells = [
    latencyMs === null ? null : fact('latency', duration(latencyMs)),
    attempts > 1 ? fact('attempts', count(attempts)) : null,
    waitMs !== null && waitMs >= 100 ? fact('waited', duration(waitMs)) : null,
    usage === null || (usage.promptTokens === null && usage.completionTokens === null)
      ? null
      : fact('tokens in + out', `${count(usage.promptTokens ?? 0)} + ${count(usage.completionTokens ?? 0)}`),
    usage === null || usage.costUsd === null ? null : fact('cost', money(usage.costUsd)),
    traceId === null ? null : fact('trace', html`<span class="id">${traceId}</span>`),
  ].filter((cell) => cell !== null);
  return cells.length === 0 ? null : html`<div class="facts">${cells}</div>`;
}

function metadataOf(example: Example | undefined, room: () => Room): Html | null {
  if (example === undefined || Object.keys(example.metadata).length === 0) return null;
  return html`<details>
    <summary class="note">metadata</summary>
    <div class="box">${jsonView(example.metadata, room())}</div>
  </details>`;
}

function runText({ run, example, evaluations }: RunDetail): string {
  const cut = (value: unknown): string => preview(prettyJson(value), 500);
  return [
    `${runTitle(run)}: ${run.error === null ? 'ok' : 'failed'}${run.latencyMs === null ? '' : `, ${duration(run.latencyMs)}`}`,
    ...(example === undefined ? [] : [`  input     ${cut(example.input)}`, `  expected  ${cut(example.expected)}`]),
    run.error === null ? `  output    ${cut(run.output)}` : `  error     ${cut(run.error)}`,
    ...evaluations.map(
      ({ name, score: value, label, explanation, error }) =>
        `  ${name}: ${[value === null ? null : score(value), label, error, explanation].filter((part) => part !== null).join(', ')}`,
    ),
  ].join('\n');
}
