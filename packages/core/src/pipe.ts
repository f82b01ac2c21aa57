import type { Example } from './dataset.ts';
import { messageOf } from './errors.ts';
import type { NamedEvaluator } from './evaluator.ts';
import { EventQueue } from './event-queue.ts';
import type { RunEvent } from './events.ts';
import { Execution } from './execute.ts';
import type { Experiment } from './experiment.ts';
import { Lanes } from './lanes.ts';
import type { Ledger } from './ledger.ts';
import { type Page, pagesOf } from './pages.ts';
import type { RateLimiter } from './rate-limit.ts';
import { type SaveListener, UnsavedError } from './save.ts';
import type { ReadySettings } from './settings.ts';
import { longestTimer, StopSwitch } from './stop.ts';
import type { ExperimentStore } from './store.ts';
import { Tally } from './tally.ts';
import type { TaskParams } from './task.ts';

/** One run over what is missing of an experiment: a first run, a resume, a late evaluation. */
export interface Pipe {
  readonly store: ExperimentStore;
  readonly experiment: Experiment;
  /** Without it nothing but evaluations is carried out. */
  readonly task: ((params: TaskParams<never>) => unknown) | undefined;
  readonly evaluators: readonly NamedEvaluator[];
  readonly settings: ReadySettings;
  /** Whether nothing can be on record yet, so that nothing need be listed. */
  readonly fresh: boolean;
  /** What is missing, for the `started` event. */
  readonly planned: { readonly runs: number; readonly evaluations: number };
  /** Only these of the experiment's examples; left out: all. */
  readonly examples?: Iterable<Example> | AsyncIterable<Example> | undefined;
  /** Values of an inline dataset that are more than JSON, by example id. */
  readonly originals: ReadonlyMap<string, Partial<Example>>;
  readonly warnings: readonly string[];
  /** Keeps every record, for those who want them all at the end and not as events. */
  readonly ledger?: Ledger | undefined;
}

/**
 * The pipe: plan → execute → save → evaluate → save, with every event after the durable write it tells of.
 *
 * Leaving the loop stops the run and waits until the calls in hand are saved, at most `timeoutMs`.
 *
 * @throws HaltedError after `haltAfter` provider failures in a row, once what was in flight is saved: `halting` tells before.
 * @throws RunFailedError with `exitOnError`.
 * @throws AssayError what the store rejected with.
 * @throws UnsavedError when results could not be saved.
 */
export async function* runPipe(pipe: Pipe): AsyncGenerator<RunEvent, void, undefined> {
  const { settings } = pipe;
  const events = new EventQueue<RunEvent>();
  const stop = new StopSwitch();
  const endWatch = stop.watch(settings.signal, settings.deadlineMs);
  const run = carryOut(pipe, events, stop);
  let failure: { readonly error: unknown } | undefined;
  const ended = run.done
    .then(
      () => undefined,
      (error: unknown) => {
        failure = { error };
      },
    )
    .finally(() => events.end());

  try {
    while (await events.ready()) {
      for (let event = events.take(); event !== undefined; event = events.take()) {
        run.taken();
        await settings.onEvent?.(event);
        yield event;
      }
    }
    await ended;
    if (failure !== undefined) throw failure.error;
  } finally {
    stop.stop('signal');
    endWatch();
    await atMost(ended, settings.timeoutMs);
    throwUnsaved(failure?.error);
  }
}

interface Carrying {
  /** Resolves when the last event is put; rejects with what ended the run. */
  readonly done: Promise<void>;
  /** To be called when the reader has taken an event: new work may start. */
  readonly taken: () => void;
}

/** Starts the work. Runs by itself: it is held back only by `mayStart`. */
function carryOut(pipe: Pipe, events: EventQueue<RunEvent>, stop: StopSwitch): Carrying {
  const { experiment, evaluators, settings, ledger } = pipe;
  const { concurrency } = settings;
  const names = evaluators.map(({ name }) => name);
  const tally = new Tally(evaluators);
  // Who keeps a ledger looks at single records there, unless there is a listener too.
  const isHeard = ledger === undefined || settings.onEvent !== undefined;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    wake?.();
    wake = undefined;
  };

  const waitingUntil = new Map<RateLimiter, number>();
  const onLimited = (limiter: RateLimiter, waitMs: number): void => {
    const untilMs = Date.now() + waitMs;
    if (waitMs < shortestWaitTold || untilMs < (waitingUntil.get(limiter) ?? 0) + shortestWaitTold) return;
    waitingUntil.set(limiter, untilMs);
    events.put({ type: 'waiting', key: limiter.key, untilMs });
  };
  const mayStart = (): boolean =>
    execution.saving < concurrency.limit && events.length + lanes.open + execution.saving < 2 * concurrency.limit;
  const lanes = new Lanes(concurrency, mayStart, onLimited, changed);
  const warn = (message: string): void => events.put({ type: 'warning', message });
  const saved: SaveListener = {
    changed: () => {
      lanes.pump();
      changed();
    },
    taskRunSaved: (taskRun) => {
      tally.addTaskRun(taskRun);
      ledger?.addTaskRun(taskRun);
      if (isHeard) events.put({ type: 'task-run-saved', run: taskRun });
    },
    evaluationSaved: (evaluation) => {
      tally.addEvaluation(evaluation);
      ledger?.addEvaluation(evaluation);
      if (isHeard) events.put({ type: 'evaluation-run-saved', run: evaluation });
    },
  };
  const execution = new Execution(pipe, lanes, stop, saved, (event) => events.put(event));
  stop.signal.addEventListener('abort', () => {
    lanes.stop();
    execution.end();
    changed();
  });
  const endListening = concurrency.onChange(() => {
    execution.concurrencyChanged();
    lanes.pump();
    changed();
  });
  if (stop.reason !== null) {
    lanes.stop();
    execution.end();
  }

  const carry = async (): Promise<void> => {
    events.put({
      type: 'started',
      experiment,
      plannedRuns: pipe.planned.runs,
      plannedEvaluations: pipe.planned.evaluations,
    });
    for (const message of pipe.warnings) warn(message);
    const inHand = { runs: 0 };
    let begun = 0;
    const idle = async (): Promise<void> => {
      while (inHand.runs > 0) await new Promise<void>((resolve) => (wake = resolve));
    };
    try {
      await execution.prepare();
      // The next run is begun when it would be next, and not with too much in hand.
      for await (const page of pagesOf(pipe, names)) {
        ledger?.addPage(page.examples, page.progress);
        const open = openExamples(page, tally);
        for (const planned of page.planned) {
          while (stop.reason === null && !execution.mayBegin(planned))
            await new Promise<void>((resolve) => (wake = resolve));
          inHand.runs += 1;
          begun += 1;
          // It never rejects.
          void execution.carry(planned, page).then(() => {
            inHand.runs -= 1;
            open.finish(planned.example.id);
            changed();
          });
        }
        // Nothing is on record to be counted.
        if (execution.tasksHaveEnded && ledger === undefined && pipe.fresh) {
          if (begun < pipe.planned.runs) execution.leaveRest();
          break;
        }
      }
    } catch (error) {
      stop.stop('error');
      await idle();
      throw execution.failure ?? error;
    }
    await idle();
    try {
      await settings.tracer?.flush();
    } catch (error) {
      warn(`Traces could not be handed over: ${messageOf(error)}`);
    }
    if (execution.tracerWarning !== null) warn(execution.tracerWarning);
    const stopped = execution.leftUndone ? (stop.reason ?? (execution.hasReachedBudget ? 'budget' : 'error')) : null;
    events.put({
      type: 'finished',
      reason: stopped === null ? 'completed' : 'stopped',
      summary: tally.summary(experiment, stopped),
    });
    if (execution.failure !== undefined) throw execution.failure;
  };

  return { done: carry().finally(endListening), taken: () => lanes.pump() };
}

/** A wait for a limit shorter than this many milliseconds is no news. */
const shortestWaitTold = 200;

/** Opens the examples of a page in the tally, and closes each when its last piece of work is done. */
function openExamples(page: Page, tally: Tally): { readonly finish: (exampleId: string) => void } {
  const left = new Map<string, number>();
  for (const { example } of page.planned) left.set(example.id, (left.get(example.id) ?? 0) + 1);
  for (const { id } of page.examples) {
    tally.open(id, page.standingOf(id));
    if (!left.has(id)) tally.close(id);
  }
  return {
    finish: (exampleId) => {
      const rest = (left.get(exampleId) ?? 1) - 1;
      left.set(exampleId, rest);
      if (rest === 0) tally.close(exampleId);
    },
  };
}

/** Whoever leaves the loop does not hear how the run ended, unless results would be lost with it. */
function throwUnsaved(error: unknown): void {
  if (error instanceof UnsavedError) throw error;
}

async function atMost(done: Promise<void>, timeoutMs: number | null): Promise<void> {
  if (timeoutMs === null) return done;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(timeoutMs, longestTimer))));
  await Promise.race([done, late]);
  clearTimeout(timer);
}
