import type { RanExperiment } from './experiment.ts';
import { needObject } from './given.ts';
import { AssayError } from './errors.ts';
import type { EvaluatorSummary, ExperimentSummary } from './summary.ts';

/**
 * A summary as plain text for a console: how much was done, what failed, and for each evaluator its mean with how many
 * scores it covers and its 95 % interval.
 *
 * @param of - An experiment that was run, or only its summary.
 * @param options - `inMemory`: says how to keep the results.
 */
export function formatSummary(
  of: RanExperiment | ExperimentSummary,
  options: { readonly inMemory?: boolean } = {},
): string {
  const ran = 'summary' in needObject('an experiment that was run, or its summary', of) ? (of as RanExperiment) : null;
  const summary = ran === null ? (of as ExperimentSummary) : ran.summary;
  if (!('taskRuns' in summary && 'evaluators' in summary))
    throw new AssayError('invalid-input', 'Expected an experiment that was run, or its summary, got another object');
  const { planned, ok, failed, missing } = summary.taskRuns;
  const lines = [
    `Experiment ${ran === null ? summary.experimentId : `${ran.name} (${summary.experimentId})`}${summary.stopped === null ? '' : `, stopped: ${summary.stopped}`}`,
    `  ${planned} task runs planned: ${ok} ok, ${failed} failed, ${missing} missing`,
    ...latencyLine(summary),
    ...replayedLine(summary),
    ...table(summary),
    ...failures(ran),
    ...(ran?.warnings ?? []).map((warning) => `  Warning: ${warning}`),
  ];
  if (options.inMemory === true)
    lines.push(
      '  Kept in memory only. To keep results and to resume: pass `store: await openStore()` from @assay/store',
    );
  return lines.join('\n');
}

function latencyLine({ latencyMs: { p50, p90, p99 }, retries }: ExperimentSummary): string[] {
  if (p50 === null || p90 === null || p99 === null) return [];
  const quantiles = `  latency ${milliseconds(p50)} (p50), ${milliseconds(p90)} (p90), ${milliseconds(p99)} (p99)`;
  return [retries === 0 ? quantiles : `${quantiles}; ${retries} retries`];
}

function replayedLine({ usage: { task, evaluators } }: ExperimentSummary): string[] {
  const calls = (task.replayedCalls ?? 0) + (evaluators.replayedCalls ?? 0);
  return calls === 0 ? [] : [`  ${calls} answers of models replayed: without latency and cost`];
}

function table({ evaluators }: ExperimentSummary): string[] {
  const entries = Object.entries(evaluators);
  if (entries.length === 0) return [];
  const rows = [
    ['evaluator', 'n', 'failed', 'skipped', 'missing', 'mean', '95 % interval'],
    ...entries.map(([name, evaluator]) => cells(name, evaluator)),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  const labels = entries.flatMap(([name, { labels, mean }]) =>
    mean === null && Object.keys(labels).length > 0 ? [`  ${name}: ${commonLabels(labels)}`] : [],
  );
  return [...lines.map((line) => `  ${line}`), ...labels];
}

function cells(name: string, { ok, failed, skipped, missing, mean, interval, direction }: EvaluatorSummary): string[] {
  return [
    direction === 'minimize' ? `${name} (lower is better)` : name,
    String(ok),
    String(failed),
    String(skipped),
    String(missing),
    mean === null ? '-' : decimal(mean),
    interval === null ? '-' : `${decimal(interval[0])} to ${decimal(interval[1])}`,
  ];
}

function commonLabels(labels: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(labels).sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, 5).map(([label, count]) => `${label} ${count}`);
  return sorted.length > shown.length
    ? `${shown.join(', ')}, and ${sorted.length - shown.length} more labels`
    : shown.join(', ');
}

/** The commonest messages, so that a wrong key shows at once. */
function failures(ran: RanExperiment | null): string[] {
  const messages = new Map<string, number>();
  for (const { error } of [...(ran?.taskRuns ?? []), ...(ran?.evaluationRuns ?? [])]) {
    if (error !== null) {
      // On one line each, so that a stack or a page of HTML does not tear the summary apart.
      const line = error.replace(/\s+/g, ' ').trim();
      messages.set(line, (messages.get(line) ?? 0) + 1);
    }
  }
  const common = [...messages].sort(([, a], [, b]) => b - a).slice(0, 3);
  return common.map(
    ([message, count]) => `  ${count} × ${message.length > 200 ? `${message.slice(0, 200)}…` : message}`,
  );
}

function decimal(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? value.toFixed(1) : value.toPrecision(3);
}

function milliseconds(value: number): string {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
