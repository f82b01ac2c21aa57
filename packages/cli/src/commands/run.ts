import { Option } from '@commander-js/extra-typings';
import {
  AssayError,
  type Dataset,
  type ExampleDraft,
  type ExperimentStore,
  runExperiment,
  streamExperiment,
} from '@assay/core';
import { carryOut, heard } from '../carry-out.ts';
import { commandLine } from '../command-line.ts';
import { datasetOption } from '../dataset-option.ts';
import { type DefinedExperiment, loadExperimentFile } from '../experiment-file.ts';
import { nonEmpty, tagName, wholeNumber } from '../option-values.ts';
import { checkExportFolders } from '../export-path.ts';
import type { Program } from '../program.ts';
import { UsageError } from '../report-error.ts';
import { reportRun } from '../report-run.ts';
import { settingArguments, type SettingFlags, settingOptions, settingsOf } from '../run-settings.ts';
import type { Shell } from '../shell.ts';
import { runInBackground } from '../run-in-background.ts';
import { openCatalog, type OpenCatalog, openRequiredCatalog } from '../store.ts';

/** `assay run FILE.ts`: a new experiment from a file that exports `defineExperiment(…)`. */
export function addRun(program: Program, shell: Shell): void {
  program
    .command('run')
    .description('run an experiment from a file that exports defineExperiment(…) by default')
    .argument('<file>', 'TypeScript or JavaScript, run as it is')
    .addOption(new Option('--name <name>', "the experiment's name").argParser(nonEmpty))
    .addOption(
      new Option('--dataset <name or file>', 'run over this dataset of the store, or over this file').argParser(
        nonEmpty,
      ),
    )
    .addOption(new Option('--repetitions <n>', 'times to run each example').argParser(wholeNumber(1)))
    .addOption(settingOptions.concurrency)
    .addOption(settingOptions.retries)
    .addOption(settingOptions.timeout)
    .addOption(settingOptions.rateLimit)
    .addOption(settingOptions.budgetUsd)
    .addOption(settingOptions.budgetTokens)
    .addOption(settingOptions.budgetJudgeUsd)
    .addOption(
      new Option('--dry-run [=n]', 'try it on n random examples, 1 unless given; nothing is kept').argParser(
        wholeNumber(0),
      ),
    )
    .addOption(new Option('--seed <n>', 'repeat the sample of a dry run').argParser(wholeNumber(0)))
    .addOption(settingOptions.maxErrorRate)
    .addOption(new Option('--tag <name>', 'point this tag at the experiment, when it exits with 0').argParser(tagName))
    .addOption(settingOptions.export)
    .addOption(new Option('--sync <url>').hideHelp())
    .option('--background', 'let a process of its own carry it out: `assay jobs` lists, stops and resumes it')
    .action(async (file, flags, command) => {
      shell.exitCode = await run(
        shell,
        file,
        { ...flags, dryRun: flags.dryRun === true ? 1 : flags.dryRun },
        command.optsWithGlobals().store,
      );
    });
}

interface RunFlags extends SettingFlags {
  readonly name?: string | undefined;
  readonly dataset?: string | undefined;
  readonly repetitions?: number | undefined;
  readonly dryRun?: number | undefined;
  readonly seed?: number | undefined;
  readonly tag?: string | undefined;
  readonly sync?: string | undefined;
  readonly background?: true | undefined;
}

async function run(shell: Shell, file: string, flags: RunFlags, storeUrl: string | undefined): Promise<number> {
  checkFlags(flags);
  checkExportFolders(flags.export);
  const defined = await loadExperimentFile(file);
  const dataset = flags.dataset === undefined ? defined.dataset : await datasetOption(flags.dataset);
  const dryRun = flags.dryRun ?? defined.dryRun;
  const isDry = dryRun !== undefined && dryRun !== false && dryRun !== 0;
  checkDryRun(flags, isDry);
  const { store, close } = await openStoreOf(defined, storeUrl, dataset, isDry);
  try {
    if (flags.tag !== undefined && store?.saveTag === undefined) {
      throw new AssayError(
        'unsupported',
        `Expected a store that has tags, got the one of ${file}: name another by --store`,
      );
    }
    const { task, evaluators, name, description, metadata, repetitions, seed } = defined;
    const experiment: DefinedExperiment = {
      dataset,
      task,
      evaluators,
      store: store ?? undefined,
      name: flags.name ?? name,
      description,
      metadata,
      repetitions: flags.repetitions ?? repetitions,
      dryRun,
      seed: flags.seed ?? seed,
    };
    if (flags.background === true) {
      await runInBackground(shell, { file, flags, storeUrl, defined, experiment });
      return 0;
    }
    const goOn = (experimentId: string): string | null =>
      isDry ? null : commandLine(['resume', experimentId, file], storeUrl, settingArguments(flags));
    const carried = await carryOut(
      shell,
      settingsOf(defined, flags),
      (settings) =>
        isDry ? runExperiment({ ...settings, ...experiment }) : heard(streamExperiment({ ...settings, ...experiment })),
      goOn,
    );
    const after = {
      store: isDry ? null : store,
      exports: flags.export ?? [],
      maxErrorRate: flags.maxErrorRate,
      tag: flags.tag,
      goOn: goOn(carried.experiment.id),
      // A store of the file's own, or one in memory, is not there for the next command.
      showAgain:
        isDry || store === defined.store || storeUrl === 'memory:'
          ? null
          : commandLine(['show', carried.experiment.id], storeUrl),
    };
    return await reportRun(shell, carried, after);
  } finally {
    await close();
  }
}

/** Before anything is loaded, what can be told from the flags alone. */
function checkFlags(flags: RunFlags): void {
  const { sync, background, dryRun, tag, seed } = flags;
  if (sync !== undefined) {
    throw new UsageError(
      '--sync is not there yet: name the server by --store to keep everything there, or copy what is in your store with syncExperiment of @assay/core',
    );
  }
  if (background !== undefined) checkBackground(flags);
  if (dryRun !== undefined) checkDryRun({ tag, seed }, dryRun !== 0);
}

/** What waits for the end of a run has nobody who waits. */
function checkBackground({ dryRun, tag, export: exports, maxErrorRate }: RunFlags): void {
  const given = { '--dry-run': dryRun, '--tag': tag, '--export': exports, '--max-error-rate': maxErrorRate };
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined) throw new UsageError(`--background and ${flag} cannot go together`);
}

function checkDryRun({ tag, seed }: Pick<RunFlags, 'tag' | 'seed'>, isDry: boolean): void {
  if (tag !== undefined && isDry) {
    throw new UsageError('--tag and a dry run cannot go together: a dry run keeps nothing that could be tagged');
  }
  if (seed !== undefined && !isDry)
    throw new UsageError('--seed is for a dry run: it draws the sample. Add --dry-run=N');
}

/**
 * The store of the run: that of `--store`, else the file's own, else the default. A dry run writes nothing, and so opens one
 * only to read a stored dataset.
 */
async function openStoreOf(
  defined: DefinedExperiment,
  url: string | undefined,
  dataset: Dataset<ExampleDraft>,
  isDry: boolean,
): Promise<{ readonly store: (ExperimentStore & Partial<OpenCatalog>) | null; readonly close: () => Promise<void> }> {
  const isStored = !Array.isArray(dataset) && !('examples' in dataset) && !(Symbol.asyncIterator in dataset);
  if (url === undefined && defined.store !== undefined) return { store: defined.store, close: async () => {} };
  if (isDry && !isStored) return { store: null, close: async () => {} };
  const store = isStored ? await openRequiredCatalog(url) : await openCatalog(url);
  return { store, close: async () => store.close?.() };
}
