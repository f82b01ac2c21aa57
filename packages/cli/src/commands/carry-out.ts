import {
  AssayError,
  type Concurrency,
  createConcurrency,
  HaltedError,
  messageOf,
  type RunEvent,
  streamResume,
} from '@assay/core';
import type { JobLease, JobStore, Store } from '@assay/store';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DefinedExperiment, loadExperimentFile } from '../experiment-file.ts';
import { OpenCalls } from '../open-calls.ts';
import type { Program } from '../program.ts';
import { type SettingFlags, settingOptions, settingsOf } from '../run-settings.ts';
import type { Shell } from '../shell.ts';
import { withExperimentOfFile } from '../with-experiment.ts';

/** How often the process looks whether its job was stopped, in milliseconds. */
const lookEveryMs = 400;
/** The same, for whether the one before it has ended. */
const drainLookMs = 100;

/** `assay carry-out EXPERIMENT FILE`: what `run --background` starts. It takes the job up, and ends with it. */
export function addCarryOut(program: Program, shell: Shell): void {
  program
    .command('carry-out', { hidden: true })
    .argument('<experiment>')
    .argument('<file>')
    .addOption(settingOptions.retries)
    .addOption(settingOptions.timeout)
    .addOption(settingOptions.rateLimit)
    .addOption(settingOptions.budgetUsd)
    .addOption(settingOptions.budgetTokens)
    .addOption(settingOptions.budgetJudgeUsd)
    .action(async (experiment, file, flags, command) => {
      const defined = await loadExperimentFile(file);
      await withExperimentOfFile(
        defined,
        { experiment, store: command.optsWithGlobals().store },
        async (store, { id }) => {
          const { jobs, fenced } = store;
          if (jobs === undefined || fenced === undefined)
            throw new AssayError('unsupported', 'This store has no background jobs');
          await carryOutJob(shell, defined, flags, { jobs, fenced }, id);
        },
      );
    });
}

async function carryOutJob(
  shell: Shell,
  defined: DefinedExperiment,
  flags: SettingFlags,
  { jobs, fenced }: Pick<Store, 'jobs' | 'fenced'>,
  experimentId: string,
): Promise<void> {
  const job = await jobs.get(experimentId);
  const lease = await jobs.take(experimentId, `process-${process.pid}`);
  if (lease === null) throw new AssayError('conflict', `The job of experiment ${experimentId} is carried out already`);
  process.send?.({ begun: true });

  const concurrency = createConcurrency(job.maxConcurrency);
  const openCalls = new OpenCalls();
  const { task, evaluators } = openCalls.watch(defined);
  const watch = new Watch(jobs, lease, concurrency, openCalls);
  const interrupted = shell.interruption.guard(() => watch.stop());
  try {
    await watch.drained();
    const events = streamResume({
      ...settingsOf(defined, flags),
      experimentId,
      store: fenced({ ...lease, evaluatorNames: job.evaluatorNames }),
      task,
      evaluators,
      concurrency,
      signal: watch.signal,
    });
    let isDone = false;
    for await (const event of events) {
      await noteError(jobs, experimentId, event);
      // Not when the calls in flight have ended, which may take as long as they may.
      if (event.type === 'halting') await endInError(jobs, lease, event.error);
      if (event.type === 'finished') isDone = event.reason === 'completed';
    }
    if (isDone) await jobs.finish(lease, 'COMPLETED');
    else if (interrupted.aborted || !watch.signal.aborted) await jobs.finish(lease, 'STOPPED');
  } catch (error) {
    if (!(error instanceof HaltedError)) await endInError(jobs, lease, error);
    throw error;
  } finally {
    watch.end();
    await jobs.release(lease);
  }
}

/** Renews the lease of a job, says how many calls are open, and stops when somebody else has stopped it. */
class Watch {
  readonly #jobs: JobStore;
  readonly #lease: JobLease;
  readonly #concurrency: Concurrency;
  readonly #openCalls: OpenCalls;
  readonly #stopping = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isEnded = false;

  constructor(jobs: JobStore, lease: JobLease, concurrency: Concurrency, openCalls: OpenCalls) {
    this.#jobs = jobs;
    this.#openCalls = openCalls;
    this.#lease = lease;
    this.#concurrency = concurrency;
    this.#lookAgain();
  }

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Waits until the process that was stopped before this one has saved what it had in flight, so that none of it is called again. */
  async drained(): Promise<void> {
    const { experimentId } = this.#lease;
    while (!this.signal.aborted && (await this.#jobs.listStates([experimentId])).some(({ draining }) => draining > 0))
      await sleep(drainLookMs, undefined, { signal: this.signal }).catch(() => undefined);
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }

  #lookAgain(): void {
    if (this.#isEnded) return;
    // A store that cannot be asked now is asked again.
    this.#timer = setTimeout(
      () =>
        void this.#look().then(
          () => this.#lookAgain(),
          () => this.#lookAgain(),
        ),
      lookEveryMs,
    );
  }

  async #look(): Promise<void> {
    await this.#jobs.renew([{ ...this.#lease, inFlight: this.#openCalls.count }]);
    const [state] = await this.#jobs.listStates([this.#lease.experimentId]);
    if (state === undefined || state.status !== 'RUNNING' || state.token !== this.#lease.token) return this.stop();
    if (state.maxConcurrency !== this.#concurrency.limit) this.#concurrency.change(state.maxConcurrency);
  }
}

async function endInError(jobs: JobStore, lease: JobLease, error: unknown): Promise<void> {
  const place = { kind: 'experiment', exampleId: null, repetition: null, evaluator: null } as const;
  await addError(jobs, lease.experimentId, place, messageOf(error));
  await jobs.finish(lease, 'ERROR');
}

async function noteError(jobs: JobStore, experimentId: string, event: RunEvent): Promise<void> {
  if (event.type !== 'task-run-saved' && event.type !== 'evaluation-run-saved') return;
  const { error, exampleId, repetition } = event.run;
  if (error === null) return;
  const evaluator = event.type === 'evaluation-run-saved' ? event.run.name : null;
  await addError(
    jobs,
    experimentId,
    { kind: evaluator === null ? 'task' : 'evaluation', exampleId, repetition, evaluator },
    error,
  );
}

type Place = Pick<Parameters<JobStore['addErrors']>[1][number], 'kind' | 'exampleId' | 'repetition' | 'evaluator'>;

async function addError(jobs: JobStore, experimentId: string, place: Place, message: string): Promise<void> {
  await jobs.addErrors(experimentId, [{ ...place, occurredAt: new Date(), message }]);
}
