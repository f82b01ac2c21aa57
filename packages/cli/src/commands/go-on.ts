import type { ExperimentStore, RanExperiment } from '@assay/core';
import { carryOut, type WatchedSettings } from '../carry-out.ts';
import { commandLine } from '../command-line.ts';
import { type DefinedExperiment, loadExperimentFile } from '../experiment-file.ts';
import { checkExportFolders } from '../export-path.ts';
import type { Program } from '../program.ts';
import { reportRun } from '../report-run.ts';
import { settingArguments, type SettingFlags, settingOptions, settingsOf } from '../run-settings.ts';
import type { Shell } from '../shell.ts';
import { withExperimentOfFile } from '../with-experiment.ts';

/** A way of going on with an experiment by what a file defines. */
interface GoingOn {
  readonly name: 'resume' | 'evaluate';
  readonly description: string;
  /** What the file is to have. */
  readonly file: string;
  /** Finds in the file what is needed, before a store is opened. */
  readonly prepare: (defined: DefinedExperiment, file: string) => StartAgain;
}

/** Gives back the records, or `null` where they were not kept. */
type StartAgain = (
  settings: WatchedSettings & { readonly experimentId: string; readonly store: ExperimentStore },
) => Promise<RanExperiment | null>;

interface GoOnFlags extends SettingFlags {
  readonly dataset?: string | undefined;
}

/** Adds the command `assay NAME EXPERIMENT FILE.ts`. */
export function addGoOn(program: Program, shell: Shell, how: GoingOn): void {
  program
    .command(how.name)
    .description(how.description)
    .argument('<experiment>', 'its id or name')
    .argument('<file>', how.file)
    .option('--dataset <name>', 'to choose among experiments of one name')
    .addOption(settingOptions.concurrency)
    .addOption(settingOptions.retries)
    .addOption(settingOptions.timeout)
    .addOption(settingOptions.rateLimit)
    .addOption(settingOptions.budgetUsd)
    .addOption(settingOptions.budgetTokens)
    .addOption(settingOptions.budgetJudgeUsd)
    .addOption(settingOptions.maxErrorRate)
    .addOption(settingOptions.export)
    .action(async (experiment, file, flags, command) => {
      shell.exitCode = await goOn(shell, how, { experiment, file, store: command.optsWithGlobals().store }, flags);
    });
}

async function goOn(
  shell: Shell,
  { name, prepare }: GoingOn,
  of: { readonly experiment: string; readonly file: string; readonly store: string | undefined },
  flags: GoOnFlags,
): Promise<number> {
  checkExportFolders(flags.export);
  const defined = await loadExperimentFile(of.file);
  const start = prepare(defined, of.file);
  return withExperimentOfFile(defined, { ...of, dataset: flags.dataset }, async (store, { id }) => {
    const again = commandLine([name, id, of.file], of.store, settingArguments(flags));
    const carried = await carryOut(
      shell,
      settingsOf(defined, flags),
      (settings) => start({ ...settings, experimentId: id, store }),
      () => again,
    );
    return reportRun(shell, carried, {
      store,
      exports: flags.export ?? [],
      maxErrorRate: flags.maxErrorRate,
      goOn: again,
      showAgain: null,
    });
  });
}
