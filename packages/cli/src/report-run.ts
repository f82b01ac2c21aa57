import type { Catalog, ExperimentStore } from '@assay/core';
import type { Carried } from './carry-out.ts';
import { writeExport } from './write-export.ts';
import type { Shell } from './shell.ts';
import { formatSummaryTable } from './summary-table.ts';

/** What is done with an experiment once it has run. */
export interface AfterRun {
  /** Where its records are; `null` when they are only in what came back. */
  readonly store: (ExperimentStore & Partial<Catalog>) | null;
  readonly exports: readonly string[];
  readonly maxErrorRate?: number | undefined;
  /** To be pointed at the experiment when nothing is wrong with it. */
  readonly tag?: string | undefined;
  /** The command that does what is missing; `null` when there is none. */
  readonly goOn: string | null;
  /** The command that shows the experiment again; `null` when there is none, or nobody needs to be told. */
  readonly showAgain: string | null;
}

/**
 * Prints the summary, writes the exports, moves the tag, and says what the process is to end with.
 *
 * An interrupted run is neither exported nor tagged: whoever interrupts wants to be done.
 */
export async function reportRun(shell: Shell, carried: Carried, after: AfterRun): Promise<number> {
  const code = exitCodeOf(shell, carried, after.maxErrorRate);
  // Before the exports, so that it is seen even if one cannot be written.
  shell.print(shell.quiet ? carried.experiment.id : summaryText(carried, shell.color));
  const exported = code >= 128 ? [] : await writeExports(carried, after);
  const tag = code === 0 ? (after.tag ?? null) : null;
  if (tag !== null) await after.store?.saveTag?.({ experimentId: carried.experiment.id, name: tag });

  if (shell.json) shell.printDocument(documentOf(carried, after, exported, tag));
  else for (const remark of remarksOn(carried, after, exported, code)) shell.remark(remark);
  if (!shell.json) for (const complaint of complaintsOf(carried, after, code)) shell.complain(complaint);
  return code;
}

function summaryText({ experiment: { name }, summary, warnings, ran, failures }: Carried, color: boolean): string {
  const records = ran === null ? { failures } : { taskRuns: ran.taskRuns, evaluationRuns: ran.evaluationRuns };
  return formatSummaryTable({ name, summary, warnings, dryRun: ran?.dryRun, ...records }, { color });
}

function documentOf(carried: Carried, after: AfterRun, exported: readonly string[], tag: string | null): object {
  const { experiment, summary, warnings, ran } = carried;
  const dryRun = ran?.dryRun ?? false;
  const goOn = goOnOf(carried, after);
  return {
    experiment,
    dryRun,
    summary,
    warnings,
    exported,
    ...(after.tag === undefined ? {} : { tag }),
    ...(goOn === null ? {} : { resume: goOn }),
    // Nothing else will ever show the records of a dry run.
    ...(dryRun ? { examples: ran?.examples, taskRuns: ran?.taskRuns, evaluationRuns: ran?.evaluationRuns } : {}),
  };
}

function remarksOn(
  { experiment: { id } }: Carried,
  { showAgain }: AfterRun,
  exported: readonly string[],
  code: number,
): readonly string[] {
  const isKept = code === 0 && showAgain !== null;
  return [
    ...exported.map((path) => `Wrote ${path}`),
    ...(isKept ? [`Kept as ${id}. To see it again: ${showAgain}`] : []),
  ];
}

function complaintsOf(carried: Carried, after: AfterRun, code: number): readonly string[] {
  const { ok, failed } = carried.summary.taskRuns;
  const goOn = goOnOf(carried, after);
  return [
    ...(goOn === null ? [] : [`Stopped, with what was finished kept. To go on${withMore(carried)}: ${goOn}`]),
    ...(code === 1 && ok === 0 ? ['No task run is ok'] : []),
    ...(code === 3
      ? [`More than ${after.maxErrorRate} of the finished task runs failed: ${failed} of ${ok + failed}`]
      : []),
  ];
}

function withMore({ summary: { stopped } }: Carried): string {
  return stopped === 'budget' ? ', with a higher budget' : '';
}

function goOnOf({ summary, ran }: Carried, { goOn }: AfterRun): string | null {
  return summary.stopped === null || ran?.dryRun === true ? null : goOn;
}

function exitCodeOf(
  { interruption }: Shell,
  { summary: { stopped, taskRuns } }: Carried,
  maxErrorRate: number | undefined,
): number {
  if (stopped !== null) return interruption.exitCode ?? 1;
  if (taskRuns.ok === 0) return 1;
  return maxErrorRate !== undefined && taskRuns.failed / (taskRuns.ok + taskRuns.failed) > maxErrorRate ? 3 : 0;
}

async function writeExports({ experiment, ran }: Carried, { store, exports }: AfterRun): Promise<readonly string[]> {
  for (const path of exports) {
    if (ran !== null && (store === null || ran.dryRun)) await writeExport(ran, path);
    else if (store !== null) await writeExport({ store, experimentId: experiment.id }, path);
  }
  return exports;
}
