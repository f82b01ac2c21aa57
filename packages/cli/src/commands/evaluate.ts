import { AssayError, evaluateExperiment } from '@assay/core';
import { carryOut } from '../carry-out.ts';
import { commandLine } from '../command-line.ts';
import { loadExperimentFile } from '../experiment-file.ts';
import { checkExportFolders } from '../export-path.ts';
import type { Program } from '../program.ts';
import { reportRun } from '../report-run.ts';
import { settingArguments, type SettingFlags, settingOptions, settingsOf } from '../run-settings.ts';
import type { Shell } from '../shell.ts';
import { withExperimentOfFile } from '../with-experiment.ts';

/** `assay evaluate EXPERIMENT FILE.ts`: the file's evaluators on finished runs. The file's task is never called. */
export function addEvaluate(program: Program, shell: Shell): void {
  program
    .command('evaluate')
    .description("judge the finished runs with the file's evaluators; the file's task is never called")
    .argument('<experiment>', 'its id or name')
    .argument('<file>', 'a file with the evaluators')
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
      shell.exitCode = await evaluate(shell, experiment, file, flags, command.optsWithGlobals().store);
    });
}

interface EvaluateFlags extends SettingFlags {
  readonly dataset?: string | undefined;
}

async function evaluate(
  shell: Shell,
  idOrName: string,
  file: string,
  flags: EvaluateFlags,
  storeUrl: string | undefined,
): Promise<number> {
  checkExportFolders(flags.export);
  const defined = await loadExperimentFile(file);
  const { evaluators } = defined;
  if (evaluators === undefined) throw new AssayError('invalid-config', `Expected ${file} to have evaluators, got none`);
  return withExperimentOfFile(
    defined,
    { experiment: idOrName, dataset: flags.dataset, store: storeUrl },
    async (store, { id }) => {
      const goOn = commandLine(['evaluate', id, file], storeUrl, settingArguments(flags));
      const carried = await carryOut(
        shell,
        settingsOf(defined, flags),
        (settings) => evaluateExperiment({ ...settings, experimentId: id, store, evaluators }),
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
