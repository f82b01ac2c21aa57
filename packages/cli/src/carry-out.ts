import {
  AssayError,
  type Experiment,
  type ExperimentSummary,
  messageOf,
  type RanExperiment,
  type RunEvent,
  type RunSettings,
  UnsavedError,
} from '@assay/core';
import { FailureCounts } from './failure-counts.ts';
import { createProgress } from './progress.ts';
import { reportError } from './report-error.ts';
import type { Shell } from './shell.ts';
import { writeUnsaved } from './unsaved.ts';

/** What a run came to. */
export interface Carried {
  readonly experiment: Experiment;
  readonly summary: ExperimentSummary;
  readonly warnings: readonly string[];
  /** How often each message of a failure occurred in this run. */
  readonly failures: ReadonlyMap<string, number>;
  /** Every record, where they were collected. */
  readonly ran: RanExperiment | null;
}

/** What is put under the run: the settings of its file and its flags, told to stop by Ctrl-C, watched by the progress line. */
export type WatchedSettings = RunSettings & {
  readonly onEvent: (event: RunEvent) => Promise<void>;
  readonly signal: AbortSignal;
};

/**
 * Carries out an experiment in the shell: a progress line, a graceful stop on Ctrl-C, and advice in every error on how to go
 * on. What could not be saved goes to a file in the system's folder for temporary files.
 *
 * @param start - Runs, resumes or evaluates with these settings; gives back the records, or `null` where they were not kept.
 * @param howToGoOn - The command that does what is missing; `null` when there is nothing to go on with.
 */
export async function carryOut(
  shell: Shell,
  settings: RunSettings,
  start: (settings: WatchedSettings) => Promise<RanExperiment | null>,
  howToGoOn: (experimentId: string) => string | null,
): Promise<Carried> {
  const watch = new Watch();
  const progress = shell.quiet ? null : createProgress();
  const stop = shell.interruption.guard(() =>
    shell.remark('Stopping: what was started finishes and is saved. Once more ends at once.'),
  );
  const crash = (error: unknown): void => {
    progress?.stop();
    reportError(shell, crashed(error, watch.experimentId === null ? null : howToGoOn(watch.experimentId)));
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  try {
    const ran = await start({
      ...settings,
      signal: settings.signal === undefined ? stop : AbortSignal.any([settings.signal, stop]),
      onEvent: async (event) => {
        watch.add(event);
        progress?.onEvent(event);
        await settings.onEvent?.(event);
      },
    });
    return { ...watch.outcome(), ran };
  } catch (error) {
    progress?.stop();
    throw await advised(error, watch.experimentId === null ? null : howToGoOn(watch.experimentId));
  } finally {
    progress?.stop();
    process.off('uncaughtException', crash);
    shell.interruption.release();
  }
}

/** Lets a stream run to its end, so that memory stays flat however many records there are. Keeps none of them. */
export async function heard(events: AsyncIterable<RunEvent>): Promise<null> {
  for await (const _ of events) {
    // Everything is heard by `onEvent`.
  }
  return null;
}

/** Keeps what the events say, in flat memory. */
class Watch {
  #experiment: Experiment | null = null;
  #summary: ExperimentSummary | null = null;
  readonly #warnings: string[] = [];
  readonly #failures = new FailureCounts();

  get experimentId(): string | null {
    return this.#experiment?.id ?? null;
  }

  add(event: RunEvent): void {
    switch (event.type) {
      case 'started':
        this.#experiment = event.experiment;
        break;
      case 'task-run-saved':
        this.#failures.addTaskRun(event.run);
        break;
      case 'evaluation-run-saved':
        this.#failures.addEvaluation(event.run);
        break;
      case 'warning':
        this.#warnings.push(event.message);
        break;
      case 'finished':
        this.#summary = event.summary;
        break;
    }
  }

  outcome(): Omit<Carried, 'ran'> {
    if (this.#experiment === null || this.#summary === null) throw new Error('The run ended without saying so');
    const failures = this.#failures.byMessage;
    return { experiment: this.#experiment, summary: this.#summary, warnings: this.#warnings, failures };
  }
}

/** An error outside of any call, such as a promise that nobody awaited: Node cannot go on after it, but says nothing of the rest. */
function crashed(error: unknown, goOn: string | null): Error {
  const text = error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
  return new AssayError(
    'run-failed',
    [`Ended by an error that nobody caught: ${text}`, ...goOnLines(goOn)].join('\n'),
    { cause: error },
  );
}

function goOnLines(goOn: string | null): readonly string[] {
  return goOn === null ? [] : [`What was finished before is saved. To go on: ${goOn}`];
}

/** The error, with what is kept and how to go on. */
async function advised(error: unknown, goOn: string | null): Promise<unknown> {
  if (!AssayError.is(error)) return error;
  const advice = [
    ...(error instanceof UnsavedError ? [`They are in ${await writeUnsaved(error.unsaved)}`] : []),
    ...goOnLines(goOn),
  ];
  return advice.length === 0
    ? error
    : new AssayError(error.code, [messageOf(error), ...advice].join('\n'), { cause: error });
}
