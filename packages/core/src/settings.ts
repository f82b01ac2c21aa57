import { type Budget, checkBudget } from './budget.ts';
import { type Concurrency, concurrencyOf } from './concurrency.ts';
import type { Dataset, Example } from './dataset.ts';
import { AssayError } from './errors.ts';
import type { Evaluators, EvaluatorParams, Fixed } from './evaluator.ts';
import type { RunEvent } from './events.ts';
import type { RanExperiment, TaskRun } from './experiment.ts';
import { type HaltAfter, haltAfterOf } from './halt-after.ts';
import { ofType, shown, withMethods } from './kind-checks.ts';
import { positive, wholeNumber } from './number-checks.ts';
import { checkRateLimit, type RateLimit } from './rate-limit.ts';
import type { ExperimentStore } from './store.ts';
import type { Task } from './task.ts';
import type { Tracer } from './tracer.ts';

/** How a run is carried out: the same for a first run, a resume and a late evaluation. */
export interface RunSettings {
  /** Calls open at once, tasks and evaluations together. Default 10. One of `createConcurrency` can be changed on the way. */
  readonly concurrency?: number | Concurrency | undefined;
  /** Calls after the first that a failing task or evaluator may cost, with a growing, jittered pause. Default 3. */
  readonly retries?: number | undefined;
  /** Milliseconds that one attempt may take; `null`: as long as it wants. Default 60,000. */
  readonly timeoutMs?: number | null | undefined;
  /** Milliseconds after which the whole run stops as `signal` would stop it. */
  readonly deadlineMs?: number | undefined;
  /**
   * What the experiment may spend, this run and those before it. When it is reached nothing more is begun, as with
   * `signal`, and a resume with a higher budget goes on.
   */
  readonly budget?: Budget | undefined;
  /**
   * Stops after so many calls in a row that failed for the provider's reasons, and rejects with a `HaltedError`. A call counts
   * when it has failed, retries included, or already when its first attempt times out. Any success begins the count anew.
   * One of `createHaltAfter` can be shared.
   */
  readonly haltAfter?: number | HaltAfter | undefined;
  /** Stops at the first failed run or evaluation, and rejects with code `run-failed`. Default false. */
  readonly exitOnError?: boolean | undefined;
  /** Whether a failure is worth another try. Default: not for the statuses 400, 401, 403, 404, 405, 413 and 422. */
  readonly shouldRetry?: ((error: unknown) => boolean) | undefined;
  /** The limit of the task and of `LLM` evaluators that have none of their own. `CODE` evaluators only obey refusals. */
  readonly rateLimit?: RateLimit | undefined;
  /** Stops the run: nothing new starts, what was started finishes and is saved. */
  readonly signal?: AbortSignal | undefined;
  /** Traces tasks and evaluations. `createTracer` of `@assay/otel` makes one. */
  readonly tracer?: Tracer | undefined;
  /** Hears every event. New work waits for it; what it throws ends the run. */
  readonly onEvent?: ((event: RunEvent) => void | PromiseLike<void>) | undefined;
  /** Prints a plain summary by `console.log` at the end. Default true; streams never print. */
  readonly printSummary?: boolean | undefined;
}

/** What `runExperiment`, `streamExperiment` and `defineExperiment` take. */
export interface ExperimentOptions<E, Output> extends RunSettings {
  readonly dataset: Dataset<E>;
  readonly task: Task<E, Output>;
  readonly evaluators?: Evaluators<EvaluatorParams<E, Fixed<Output>>> | undefined;
  /** Where everything is kept. Default: memory, gone with the process. */
  readonly store?: ExperimentStore | undefined;
  /** Default: made from the dataset's name. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Times to run each example. Default 1. */
  readonly repetitions?: number | undefined;
  /**
   * Tries the experiment on a sample, in memory: `true` on one random example, a number on so many, `{ first }` on the
   * first ones. `false` and 0: a real run.
   */
  readonly dryRun?: boolean | number | { readonly first: number } | undefined;
  /** Repeats the sample of a dry run. Default: random, on record in `metadata.seed`. */
  readonly seed?: number | undefined;
}

/** What `resumeExperiment` takes. */
export interface ResumeOptions<E, Output> extends RunSettings {
  readonly experimentId: string;
  readonly store: ExperimentStore;
  /** Without it finished runs are evaluated, and nothing else is done. */
  readonly task?: Task<E, Output> | undefined;
  /** Without them nothing is evaluated; a warning names those on record. */
  readonly evaluators?: Evaluators<EvaluatorParams<E, Fixed<Output>>> | undefined;
}

/** What `streamResume` takes. */
export interface StreamResumeOptions<E, Output> extends ResumeOptions<E, Output> {
  /**
   * Only these of the experiment's examples, in this order: a shard of it, or those that a store knows to be unfinished.
   * The summary is of them alone. Default: all.
   */
  readonly examples?: Iterable<Example> | AsyncIterable<Example> | undefined;
  /** What is missing, for the `started` event, where it is known. Default: counted, in one pass over the records. */
  readonly planned?: { readonly runs: number; readonly evaluations: number } | undefined;
}

/** What `evaluateExperiment` takes: an experiment that was run just now, or the id of one in a store. */
export type EvaluateOptions<E, Output> = RunSettings & {
  readonly evaluators: Evaluators<EvaluatorParams<E, Fixed<Output>>>;
} & (
    | {
        readonly experiment: RanOf<E, Output>;
        readonly experimentId?: never;
        readonly store?: ExperimentStore | undefined;
      }
    | { readonly experimentId: string; readonly experiment?: never; readonly store: ExperimentStore }
  );

/** An experiment that was run, in the form in which the types of its examples and outputs can be read from it. */
interface RanOf<E, Output> extends Omit<RanExperiment, 'examples' | 'taskRuns'> {
  readonly examples: readonly E[];
  readonly taskRuns: readonly TaskRun<Output>[];
}

/** Run settings with every default in place. */
export interface ReadySettings extends RunSettings {
  readonly concurrency: Concurrency;
  readonly retries: number;
  readonly timeoutMs: number | null;
  readonly haltAfter: HaltAfter;
  readonly exitOnError: boolean;
  readonly printSummary: boolean;
}

/** Checks the settings before anything is done. @throws AssayError `invalid-config`. */
export function readSettings(settings: RunSettings): ReadySettings {
  if (typeof settings !== 'object' || settings === null)
    throw new AssayError('invalid-config', `Expected options, got ${shown(settings)}`);
  const {
    concurrency = 10,
    retries = 3,
    timeoutMs = 60_000,
    deadlineMs,
    haltAfter = Infinity,
    exitOnError = false,
    printSummary = true,
  } = settings;
  wholeNumber('retries', retries, 0);
  if (timeoutMs !== null) positive('timeoutMs', timeoutMs);
  if (deadlineMs !== undefined) positive('deadlineMs', deadlineMs);
  ofType('exitOnError', exitOnError, 'boolean');
  ofType('printSummary', printSummary, 'boolean');
  ofType('shouldRetry', settings.shouldRetry, 'function');
  ofType('onEvent', settings.onEvent, 'function');
  withMethods('signal', settings.signal, 'an AbortSignal', ['addEventListener', 'removeEventListener']);
  withMethods('tracer', settings.tracer, 'a tracer', ['span', 'flush']);
  checkBudget(settings.budget);
  checkRateLimit(settings.rateLimit);
  return {
    ...settings,
    concurrency: concurrencyOf(concurrency),
    retries,
    timeoutMs,
    haltAfter: haltAfterOf(haltAfter),
    exitOnError,
    printSummary,
  };
}

/** @throws AssayError `invalid-config`. */
export function checkTask(task: unknown): void {
  if (typeof task !== 'function')
    throw new AssayError(
      'invalid-config',
      `Expected task to be a function, got ${task === null ? 'null' : typeof task}`,
    );
}
