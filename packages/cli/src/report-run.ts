import type { Catalog, ExperimentStore, RanExperiment } from '@assay/core';
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
  /** The command that does what is missing. */
  readonly goOn: string | null;
}

/**
 * Writes the exports, moves the tag, prints the summary, and says what the process is to end with.
 *
 * An interrupted run is neither exported nor tagged: whoever interrupts wants to be done.
 */
export async function reportRun(shell: Shell, carried: Carried, after: AfterRun): Promise<number> {
  const { experiment, summary, warnings, ran } = carried;
  const dryRun = ran?.dryRun ?? false;
  const code = exitCodeOf(shell, carried, after.maxErrorRate);
  const exported = code >= 128 ? [] : await writeExports(carried, after);
  if (after.tag !== undefined && code === 0)
    await after.store?.saveTag?.({ experimentId: experiment.id, name: after.tag });
  const goOn = summary.stopped === null || dryRun ? null : after.goOn;

  if (shell.json) {
    shell.printDocument({
      experiment,
      dryRun,
      summary,
      warnings,
      exported,
      ...(after.tag === undefined ? {} : { tag: code === 0 ? after.tag : null }),
      ...(goOn === null ? {} : { resume: goOn }),
      ...(dryRun && ran !== null
        ? { examples: ran.examples, taskRuns: ran.taskRuns, evaluationRuns: ran.evaluationRuns }
        : {}),
    });
    return code;
  }
  shell.print(
    shell.quiet
      ? experiment.id
      : formatSummaryTable(
          { ...recordsOf(carried), name: experiment.name, summary, warnings, dryRun },
          { color: shell.color },
        ),
  );
  for (const path of exported) shell.remark(`Wrote ${path}`);
  if (goOn !== null) shell.complain(`Stopped, with what was finished kept. To go on: ${goOn}`);
  if (code === 3)
    shell.complain(
      `More than ${after.maxErrorRate} of the finished task runs failed: ${summary.taskRuns.failed} of ${summary.taskRuns.ok + summary.taskRuns.failed}`,
    );
  if (code === 0 && !dryRun && after.store !== null && summary.stopped === null)
    shell.remark(`Kept as ${experiment.id}. \`assay show ${experiment.id}\` shows it again`);
  return code;
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

/** A run of everything at once has its records; a streamed one has only counted its failures. */
function recordsOf({
  ran,
  failures,
}: Carried): Partial<RanExperiment> & { readonly failures?: ReadonlyMap<string, number> } {
  return ran === null ? { failures } : { taskRuns: ran.taskRuns, evaluationRuns: ran.evaluationRuns };
}

async function writeExports({ experiment, ran }: Carried, { store, exports }: AfterRun): Promise<readonly string[]> {
  for (const path of exports) {
    if (ran !== null && (store === null || ran.dryRun)) await writeExport(ran, path);
    else if (store !== null) await writeExport({ store, experimentId: experiment.id }, path);
  }
  return exports;
}
