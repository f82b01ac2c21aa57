import { AssayError, type Experiment, readEvaluators, streamExperiment } from '@assay/core';
import { resolve } from 'node:path';
import { carryInBackground, type ProcessSpec } from './background.ts';
import { commandLine } from './command-line.ts';
import type { DefinedExperiment } from './experiment-file.ts';
import { settingArguments, type SettingFlags, settingsOf } from './run-settings.ts';
import type { Shell } from './shell.ts';
import { absoluteUrl, type OpenCatalog } from './store.ts';

export interface BackgroundRun {
  readonly file: string;
  readonly flags: SettingFlags;
  readonly storeUrl: string | undefined;
  readonly defined: DefinedExperiment;
  /** What is to be run, with the store that it is kept in. */
  readonly experiment: DefinedExperiment;
}

/**
 * Makes an experiment with a job, starts a process that carries it out, and says how to look after it.
 *
 * @throws AssayError `unsupported` for a store that has no jobs of processes, such as a server: the task of a file runs
 * where the file is.
 */
export async function runInBackground(
  shell: Shell,
  { file, flags, storeUrl, defined, experiment }: BackgroundRun,
): Promise<void> {
  const { jobs } = (experiment.store ?? {}) as Partial<OpenCatalog>;
  if (jobs === undefined || storeUrl === 'memory:') {
    throw new AssayError(
      'unsupported',
      `Expected a store of this machine or a database for --background, as the task of ${file} runs here. A server carries out tasks that it is given by \`assay serve --tasks\``,
    );
  }
  const { concurrency = 10 } = settingsOf(defined, flags);
  const { id } = await created(experiment);
  // The process is given the concurrency by its job, so that it can be changed.
  const spec: ProcessSpec = {
    type: 'process',
    file: resolve(file),
    folder: process.cwd(),
    settings: settingArguments({ ...flags, concurrency: undefined }),
  };
  const job = await jobs.create({
    experimentId: id,
    runner: 'process',
    spec,
    evaluatorNames: readEvaluators(experiment.evaluators as never).map(({ name }) => name),
    maxConcurrency: typeof concurrency === 'number' ? concurrency : concurrency.limit,
    ephemeral: false,
  });
  const isOwnStore = storeUrl === undefined && defined.store !== undefined;
  const log = await carryInBackground(job, isOwnStore ? undefined : absoluteUrl(storeUrl));
  const stop = commandLine(['jobs', 'stop', id], storeUrl);
  if (shell.json) return shell.printDocument({ experimentId: id, log, stop });
  shell.print(id);
  shell.remark(`Runs in the background. To see how far it is: ${commandLine(['jobs', 'list'], storeUrl)}`);
  shell.remark(`To stop it: ${stop}\nIts log: ${log}`);
}

/** A run that is stopped before it begins leaves an experiment in which everything is still to be done. */
async function created(experiment: DefinedExperiment): Promise<Experiment> {
  for await (const event of streamExperiment({ ...experiment, signal: AbortSignal.abort() }))
    if (event.type === 'started') return event.experiment;
  throw new Error('The stream ended before it began');
}
