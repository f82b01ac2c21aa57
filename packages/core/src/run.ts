import type { ExampleDraft, ExpectedOf, InputOf, Known, MetadataOf, Untyped } from './dataset.ts';
import { AssayError } from './errors.ts';
import { readEvaluators } from './evaluator.ts';
import type { RanExperiment } from './experiment.ts';
import { experimentStream, type ExperimentStream } from './experiment-stream.ts';
import { formatSummary } from './format-summary.ts';
import { checkStore } from './kind-checks.ts';
import { Ledger } from './ledger.ts';
import { originalsOf } from './originals.ts';
import { type Pipe, runPipe } from './pipe.ts';
import { prepareExperiment } from './prepare.ts';
import { planResume } from './resume.ts';
import {
  checkTask,
  type EvaluateOptions,
  type ExperimentOptions,
  readSettings,
  type ResumeOptions,
  type StreamResumeOptions,
} from './settings.ts';
import type { ExperimentStore } from './store.ts';
import type { ExperimentSummary } from './summary.ts';

/**
 * Runs a task over every example of a dataset, judges each output, saves every record, and gives it all back.
 *
 * A task or evaluator that fails is an outcome on record; what is thrown means that the experiment cannot go on.
 *
 * @throws AssayError `invalid-config` before anything is called; see `RunSettings` for the others.
 *
 * @example
 * ```ts
 * import { runExperiment } from '@assay/core';
 *
 * const { summary } = await runExperiment({
 *   dataset: [{ input: 'Peru', expected: 'Lima' }, { input: 'France', expected: 'Paris' }],
 *   task: async ({ input }) => (input === 'Peru' ? 'Lima' : 'Lyon'),
 *   evaluators: { exact: ({ output, expected }) => output === expected },
 * });
 * summary.evaluators['exact']?.mean; // 0.5
 * ```
 */
export async function runExperiment<E extends ExampleDraft = Untyped, Output = never>(
  options: ExperimentOptions<E, Output>,
): Promise<Ran<E, Output>> {
  const { pipe, dryRun } = await planExperiment(options as unknown as ExperimentOptions<ExampleDraft, unknown>);
  const ran = await collect(pipe, dryRun, options.store === undefined || dryRun);
  return ran as Ran<E, Output>;
}

/**
 * The same as `runExperiment`, told as it happens, in flat memory. Leaving the loop stops the experiment and waits
 * until the calls in hand are saved, at most `timeoutMs`.
 *
 * @example
 * ```ts
 * import { streamExperiment } from '@assay/core';
 *
 * for await (const event of streamExperiment({ dataset: [{ input: 1 }, { input: 2 }], task: ({ input }) => input + 1 })) {
 *   if (event.type === 'task-run-saved') console.log(event.run.output);
 * }
 * ```
 */
export function streamExperiment<E extends ExampleDraft = Untyped, Output = never>(
  options: ExperimentOptions<E, Output>,
): ExperimentStream<Ran<E, Output>, Known<Output>> {
  const stream = experimentStream(options as unknown as ExperimentOptions<ExampleDraft, unknown>, {
    read: async function* (given) {
      const { pipe } = await planExperiment(given);
      yield* runPipe(pipe);
    },
    collect: async (given) => {
      const { pipe, dryRun } = await planExperiment(given);
      return collect(pipe, dryRun, false);
    },
  });
  return stream as ExperimentStream<Ran<E, Output>, Known<Output>>;
}

/**
 * Does what is missing of an experiment, and nothing else: runs that were never reached or failed, and verdicts of
 * evaluators that failed or were added since. A successful run is never run again.
 *
 * @throws AssayError `not-found` when the store has no such experiment.
 */
export async function resumeExperiment<E extends ExampleDraft = Untyped, Output = never>(
  options: ResumeOptions<E, Output>,
): Promise<Ran<E, Output>> {
  const pipe = await readResume(options as unknown as StreamResumeOptions<ExampleDraft, unknown>);
  return (await collect(pipe, false, false)) as Ran<E, Output>;
}

/**
 * The same as `resumeExperiment`, told as it happens, in flat memory. Leaving the loop stops the run and waits until the
 * calls in hand are saved, at most `timeoutMs`.
 *
 * @throws AssayError `not-found` when the store has no such experiment.
 *
 * @example
 * ```ts
 * import { createMemoryStore, runExperiment, streamResume } from '@assay/core';
 *
 * const store = createMemoryStore();
 * const { id } = await runExperiment({ store, dataset: [{ input: 1 }], task: ({ input }) => input + 1 });
 * for await (const event of streamResume({ store, experimentId: id, evaluators: { even: ({ output }) => Number(output) % 2 === 0 } })) {
 *   if (event.type === 'evaluation-run-saved') console.log(event.run.score); // 1
 * }
 * ```
 */
export function streamResume<E extends ExampleDraft = Untyped, Output = never>(
  options: StreamResumeOptions<E, Output>,
): ExperimentStream<Ran<E, Output>, Known<Output>> {
  const stream = experimentStream(options as unknown as StreamResumeOptions<ExampleDraft, unknown>, {
    read: async function* (given) {
      yield* runPipe(await readResume(given));
    },
    collect: async (given) => collect(await readResume(given), false, false),
  });
  return stream as ExperimentStream<Ran<E, Output>, Known<Output>>;
}

/**
 * Judges the finished runs of an experiment with more evaluators. Verdicts that are there already are not asked for again.
 *
 * @param options - `experiment`, as it came back from a run, or `experimentId` with its `store`.
 */
export async function evaluateExperiment<E extends ExampleDraft = Untyped, Output = never>(
  options: EvaluateOptions<E, Output>,
): Promise<Ran<E, Output>> {
  const settings = readSettings(options);
  const evaluators = readEvaluators(options.evaluators as never);
  if (evaluators.length === 0) throw new AssayError('invalid-config', 'Expected at least one evaluator, got none');
  const experimentId = options.experiment?.id ?? options.experimentId;
  const store = options.store ?? (options.experiment === undefined ? undefined : homes.get(options.experiment));
  if (experimentId === undefined || store === undefined) {
    throw new AssayError(
      'invalid-config',
      'Expected an experiment that was run in this process, or its id and the store that holds it, got neither',
    );
  }
  checkStore(store);
  const originals = originalsOf((options.experiment?.examples ?? []) as readonly ExampleDraft[]);
  const pipe = await planResume({ store, experimentId, task: undefined, evaluators, settings, originals });
  return (await collect(pipe, options.experiment?.dryRun ?? false, false)) as Ran<E, Output>;
}

/**
 * Gives back an experiment as it is, with its types checked: what a `*.experiment.ts` file exports by default, for
 * `assay run`.
 */
export function defineExperiment<E extends ExampleDraft = Untyped, Output = never>(
  options: ExperimentOptions<E, Output>,
): ExperimentOptions<E, Output> {
  return options;
}

/** What comes back, with the types of the dataset and the task where they are known. */
type Ran<E, Output> = RanExperiment<
  Known<InputOf<E>>,
  Known<Output>,
  Known<ExpectedOf<E>>,
  Known<MetadataOf<E>, Readonly<Record<string, unknown>>>
>;

/** Where each experiment that was handed out is kept, so that it can be evaluated later without naming its store. */
const homes = new WeakMap<object, ExperimentStore>();

async function planExperiment(
  options: ExperimentOptions<ExampleDraft, unknown>,
): Promise<{ readonly pipe: Pipe; readonly dryRun: boolean }> {
  const settings = readSettings(options);
  checkTask(options.task);
  const evaluators = readEvaluators(options.evaluators as never);
  const { store, experiment, originals, dryRun } = await prepareExperiment(options, evaluators);
  const runs = experiment.exampleCount * experiment.repetitions;
  return {
    dryRun,
    pipe: {
      store,
      experiment,
      task: options.task as Pipe['task'],
      evaluators,
      settings,
      fresh: true,
      planned: { runs, evaluations: runs * evaluators.length },
      originals,
      warnings: [],
    },
  };
}

function readResume(options: StreamResumeOptions<ExampleDraft, unknown>): Promise<Pipe> {
  const settings = readSettings(options);
  const { store, experimentId, task, examples, planned } = options;
  if (store === undefined || experimentId === undefined)
    throw new AssayError('invalid-config', 'Expected the id of an experiment and the store that holds it, got none');
  checkStore(store);
  if (task !== undefined) checkTask(task);
  const evaluators = readEvaluators(options.evaluators as never);
  return planResume({ store, experimentId, task: task as Pipe['task'], evaluators, settings, examples, planned });
}

async function collect(pipe: Pipe, dryRun: boolean, inMemory: boolean): Promise<RanExperiment> {
  const ledger = new Ledger();
  const warnings: string[] = [];
  let summary: ExperimentSummary | undefined;
  for await (const event of runPipe({ ...pipe, ledger })) {
    if (event.type === 'warning') warnings.push(event.message);
    if (event.type === 'finished') summary = event.summary;
  }
  const records = ledger.records(pipe.evaluators.map(({ name }) => name));
  const ran: RanExperiment = { ...pipe.experiment, ...records, summary: summary!, warnings, dryRun };
  homes.set(ran, pipe.store);
  if (pipe.settings.printSummary) console.log(formatSummary(ran, { inMemory }));
  return ran;
}
