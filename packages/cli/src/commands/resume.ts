import { streamResume } from '@assay/core';
import { carryOut, heard } from '../carry-out.ts';
import { commandLine } from '../command-line.ts';
import { loadExperimentFile } from '../experiment-file.ts';
import { checkExportFolders } from '../export-path.ts';
import type { Program } from '../program.ts';
import { reportRun } from '../report-run.ts';
import { settingArguments, type SettingFlags, settingOptions, settingsOf } from '../run-settings.ts';
import type { Shell } from '../shell.ts';
import { withExperimentOfFile } from '../with-experiment.ts';

/** `assay resume EXPERIMENT FILE.ts`: what is missing of an experiment, with the task and evaluators of the file. */
export function addResume(program: Program, shell: Shell): void {
  program
    .command('resume')
    .description('do what is missing: runs never reached or failed, and evaluations that failed or were added since')
    .argument('<experiment>', 'its id or name')
    .argument('<file>', 'the file it was run from')
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
      shell.exitCode = await resume(shell, experiment, file, flags, command.optsWithGlobals().store);
    });
}

interface ResumeFlags extends SettingFlags {
  readonly dataset?: string | undefined;
}

async function resume(
  shell: Shell,
  idOrName: string,
  file: string,
  flags: ResumeFlags,
  storeUrl: string | undefined,
): Promise<number> {
  checkExportFolders(flags.export);
  const defined = await loadExperimentFile(file);
  return withExperimentOfFile(
    defined,
    { experiment: idOrName, dataset: flags.dataset, store: storeUrl },
    async (store, { id }) => {
      const goOn = commandLine(['resume', id, file], storeUrl, settingArguments(flags));
      const { task, evaluators } = defined;
      const carried = await carryOut(
        shell,
        settingsOf(defined, flags),
        (settings) => heard(streamResume({ ...settings, experimentId: id, store, task, evaluators })),
        () => goOn,
      );
      return reportRun(shell, carried, {
        store,
        exports: flags.export ?? [],
        maxErrorRate: flags.maxErrorRate,
        goOn,
        showAgain: null,
      });
    },
  );
}
