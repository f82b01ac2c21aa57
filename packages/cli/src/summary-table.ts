import {
  type EvaluationRun,
  type EvaluatorSummary,
  type ExperimentSummary,
  needObject,
  type TaskRun,
} from '@assay/core';
import { styleText } from 'node:util';
import { decimal, milliseconds, shortened } from './figures.ts';
import { tableText } from './table-text.ts';
import { plainText, type TerminalStream, wantsColor } from './terminal-stream.ts';

/** What a summary is printed of. Every `RanExperiment` is one. */
export interface SummarySource {
  readonly name: string;
  readonly summary: ExperimentSummary;
  readonly warnings?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
  readonly taskRuns?: Iterable<Pick<TaskRun, 'error'>> | undefined;
  readonly evaluationRuns?: Iterable<Pick<EvaluationRun, 'error' | 'name'>> | undefined;
  /** How often each message of a failure occurred, where the runs are not at hand. */
  readonly failures?: ReadonlyMap<string, number> | undefined;
}

/**
 * Prints what came of an experiment: counts, a row per evaluator with n, missing, mean and 95 % interval, the latency,
 * and the commonest failures. In colours where the stream is a terminal and `NO_COLOR` is not set.
 */
export function printSummary(of: SummarySource, stream: TerminalStream = process.stdout): void {
  stream.write(`${formatSummaryTable(of, { color: wantsColor(stream) })}\n`);
}

/** The text that `printSummary` prints, without a line break at its end. */
export function formatSummaryTable(of: SummarySource, options: { readonly color?: boolean | undefined } = {}): string {
  const paint: Paint = (style, text) =>
    options.color === true ? styleText(style, text, { validateStream: false }) : text;
  const { summary } = needObject('an experiment that was run as { name, summary }', of);
  needObject('the summary of an experiment that was run', summary);
  const lines = [
    headline(of, paint),
    countsLine(summary, paint),
    ...evaluatorLines(summary, paint),
    ...latencyLine(summary),
    ...usageLine(summary),
    ...failureLines(of, paint),
    ...(of.warnings ?? []).map((warning) => `${paint('yellow', 'Warning')}  ${plainText(warning)}`),
  ];
  return lines.join('\n');
}

type Paint = (style: 'bold' | 'dim' | 'red' | 'yellow', text: string) => string;

function headline({ name, summary, dryRun }: SummarySource, paint: Paint): string {
  const about = [
    summary.experimentId,
    ...(dryRun === true ? ['a sample, nothing is kept'] : []),
    ...(summary.stopped === null ? [] : [`stopped: ${summary.stopped}`]),
  ];
  return dryRun === true && name === summary.experimentId
    ? paint('bold', plainText(name))
    : `${paint('bold', plainText(name))}  ${about.join(', ')}`;
}

function countsLine({ taskRuns: { planned, ok, failed, missing }, retries }: ExperimentSummary, paint: Paint): string {
  return [
    `${planned} task ${planned === 1 ? 'run' : 'runs'}: ${ok} ok`,
    failed === 0 ? '0 failed' : paint('red', `${failed} failed`),
    missing === 0 ? '0 missing' : paint('yellow', `${missing} missing`),
    ...(retries === 0 ? [] : [`${retries} ${retries === 1 ? 'retry' : 'retries'}`]),
  ].join(', ');
}

function evaluatorLines({ evaluators }: ExperimentSummary, paint: Paint): readonly string[] {
  const entries = Object.entries(evaluators);
  if (entries.length === 0) return [];
  const headings = ['evaluator', 'n', 'missing', 'failed', 'skipped', 'mean', '95 % interval'];
  const rows = entries.map(([name, evaluator]) => evaluatorCells(name, evaluator, paint));
  return [
    tableText(
      headings.map((heading) => paint('dim', heading)),
      rows,
    ),
    ...entries.flatMap(([name, { labels }]) => labelLine(name, labels)),
  ];
}

function evaluatorCells(
  name: string,
  { ok, failed, skipped, missing, mean, interval, direction }: EvaluatorSummary,
  paint: Paint,
): string[] {
  return [
    plainText(direction === 'minimize' ? `${name} (lower is better)` : name),
    String(ok),
    missing === 0 ? '0' : paint('yellow', String(missing)),
    failed === 0 ? '0' : paint('red', String(failed)),
    String(skipped),
    mean === null ? '-' : decimal(mean),
    interval === null ? '-' : `${decimal(interval[0])} to ${decimal(interval[1])}`,
  ];
}

/** The commonest labels, unless they only repeat a pass or a fail. */
function labelLine(name: string, labels: Readonly<Record<string, number>>): readonly string[] {
  const counts = Object.entries(labels);
  if (counts.every(([label]) => label === 'true' || label === 'false')) return [];
  const common = counts.sort(([, a], [, b]) => b - a).slice(0, 5);
  const rest = counts.length - common.length;
  const shown = common.map(([label, count]) => `${shortened(label, 40)} ${count}`).join(', ');
  return [`${plainText(name)}: ${shown}${rest > 0 ? `, and ${rest} more labels` : ''}`];
}

function latencyLine({ latencyMs: { p50, p90, p99 } }: ExperimentSummary): readonly string[] {
  if (p50 === null || p90 === null || p99 === null) return [];
  return [`latency ${milliseconds(p50)} (p50), ${milliseconds(p90)} (p90), ${milliseconds(p99)} (p99)`];
}

function usageLine({ usage: { task, evaluators } }: ExperimentSummary): readonly string[] {
  const parts = [usageOf('task', task), usageOf('evaluators', evaluators)].filter((part) => part !== '');
  return parts.length === 0 ? [] : [parts.join('; ')];
}

function usageOf(who: string, { promptTokens, completionTokens, costUsd }: ExperimentSummary['usage']['task']): string {
  const parts = [
    ...(promptTokens === null ? [] : [`${promptTokens} prompt tokens`]),
    ...(completionTokens === null ? [] : [`${completionTokens} completion tokens`]),
    ...(costUsd === null ? [] : [`$${costUsd < 1 ? costUsd.toPrecision(3) : costUsd.toFixed(2)}`]),
  ];
  return parts.length === 0 ? '' : `${who}: ${parts.join(', ')}`;
}

/** The three commonest messages, so that a wrong key shows at once. */
function failureLines(of: SummarySource, paint: Paint): readonly string[] {
  const common = [...failuresOf(of)].sort(([, a], [, b]) => b - a);
  const shown = common
    .slice(0, 3)
    .map(([message, count]) => `${paint('red', `${count} ×`)} ${shortened(message, 200)}`);
  const rest = common.length - shown.length;
  return rest > 0 ? [...shown, paint('dim', `and ${rest} more ${rest === 1 ? 'message' : 'messages'}`)] : shown;
}

function failuresOf({ failures, taskRuns = [], evaluationRuns = [] }: SummarySource): ReadonlyMap<string, number> {
  if (failures !== undefined) return failures;
  const messages = new Map<string, number>();
  const count = (message: string): void => void messages.set(message, (messages.get(message) ?? 0) + 1);
  for (const { error } of taskRuns) if (error !== null) count(error);
  for (const { error, name } of evaluationRuns) if (error !== null) count(`${name}: ${error}`);
  return messages;
}
