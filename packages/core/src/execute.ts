import { attempt, type AttemptPolicy, type Outcome } from './attempt.ts';
import { evaluatorParams, taskParams } from './call-params.ts';
import { frozenCopyOf } from './copy.ts';
import { evaluationDrafts, replacedByParts, taskRunDraft } from './drafts.ts';
import { AssayError, ConflictError, HaltedError, messageOf } from './errors.ts';
import type { NamedEvaluator } from './evaluator.ts';
import type { EvaluationRun, EvaluationRunDraft, TaskRun, TaskRunDraft } from './experiment.ts';
import type { Lanes } from './lanes.ts';
import { createLimiters } from './limiters.ts';
import type { Page } from './pages.ts';
import type { Pipe } from './pipe.ts';
import { evaluatedNames, type PlannedRun } from './plan.ts';
import type { RateLimiter } from './rate-limit.ts';
import { retriedSave, UnsavedError } from './save.ts';
import { Stopped, type StopSwitch } from './stop.ts';
import { asText, traced } from './traced.ts';

/** Hears what an execution does. */
export interface ExecutionListener {
  /** Something happened that may let new work start. */
  readonly changed: () => void;
  readonly taskRunSaved: (run: TaskRun) => void;
  readonly evaluationSaved: (evaluation: EvaluationRun) => void;
}

/** Evaluations in hand beyond which no new task starts: a slow judge must not fill the memory with outputs. */
const mostEvaluations = 5000;

/** Carries out planned runs: execute → save → evaluate → save. */
export class Execution {
  readonly #pipe: Pipe;
  readonly #lanes: Lanes;
  readonly #stop: StopSwitch;
  readonly #listener: ExecutionListener;
  readonly #limiters: ReturnType<typeof createLimiters>;
  readonly #taskPolicy: AttemptPolicy;
  readonly #policies: ReadonlyMap<string, AttemptPolicy>;
  readonly #context: {
    readonly id: string;
    readonly name: string;
    readonly metadata: Readonly<Record<string, unknown>>;
  };
  readonly #failuresInARow = new Map<RateLimiter, number>();
  readonly #unsaved = { taskRuns: [] as TaskRunDraft[], evaluationRuns: [] as EvaluationRunDraft[] };
  #saveFailure: unknown;
  #failure: unknown;
  #saving = 0;
  #tasks = 0;
  #evaluations = 0;
  #leftUndone = false;

  constructor(pipe: Pipe, lanes: Lanes, stop: StopSwitch, listener: ExecutionListener) {
    const { experiment, settings } = pipe;
    this.#pipe = pipe;
    this.#lanes = lanes;
    this.#stop = stop;
    this.#listener = listener;
    this.#limiters = createLimiters(settings.rateLimit, pipe.evaluators);
    this.#taskPolicy = { ...settings, limiter: this.#limiters.task, shouldRetry: settings.shouldRetry };
    this.#policies = new Map(
      pipe.evaluators.map((evaluator) => [evaluator.name, policyOf(evaluator, settings, this.#limiters.of(evaluator))]),
    );
    this.#context = frozenCopyOf({ id: experiment.id, name: experiment.name, metadata: experiment.metadata });
  }

  /** Records that await their durable write. */
  get saving(): number {
    return this.#saving;
  }

  /** Whether anything planned was not done. */
  get leftUndone(): boolean {
    return this.#leftUndone;
  }

  /** What the whole run must reject with; `undefined` when it need not. */
  get failure(): unknown {
    return this.#saveFailure === undefined ? this.#failure : new UnsavedError(this.#saveFailure, this.#unsaved);
  }

  /** Whether a run may be begun now: its task would be next, and not too much is in hand. */
  mayBegin({ run }: PlannedRun): boolean {
    if (this.#evaluations >= mostEvaluations) return false;
    if (run !== undefined) return this.#evaluations < this.#mostInHand;
    return this.#lanes.waitingTasks(this.#limiters.task) === 0 && this.#tasks < this.#mostInHand;
  }

  /** Runs in a back-off hold no slot, so more are in hand than are open: but not without end. */
  get #mostInHand(): number {
    return 4 * this.#pipe.settings.concurrency;
  }

  /** Resolves when the run and its evaluations are saved, or the stop came first. Never rejects. */
  async carry(planned: PlannedRun, page: Page): Promise<void> {
    try {
      const { task } = this.#pipe;
      let { run } = planned;
      let { evaluatorNames } = planned;
      if (run === undefined) {
        if (task === undefined) return;
        const saved = await this.#execute(planned, task);
        run = saved.run;
        if (saved.wasThere) evaluatorNames = await this.#unevaluated(run, evaluatorNames);
      }
      if (run.error !== null || evaluatorNames.length === 0) return;
      await this.#evaluateAll(run, planned, evaluatorNames, page);
    } catch (error) {
      this.#leftUndone = true;
      if (!(error instanceof Stopped)) this.#fail(error);
    }
  }

  async #execute(
    { example, repetition }: PlannedRun,
    task: NonNullable<Pipe['task']>,
  ): Promise<{ run: TaskRun; wasThere: boolean }> {
    const { experiment, settings, store } = this.#pipe;
    this.#tasks += 1;
    try {
      const work = (): Promise<Outcome<unknown>> =>
        attempt(
          (call) => task(taskParams(example, repetition, call, this.#context) as never),
          this.#taskPolicy,
          this.#lanes,
          this.#stop,
          'task',
        );
      const { outcome, traceId } =
        settings.tracer === undefined
          ? { outcome: await work(), traceId: null }
          : await traced(
              settings.tracer,
              `Task: ${task.name || 'task'}`,
              'CHAIN',
              this.#attributes(example.id, repetition, example.input),
              work,
            );
      this.#heed(this.#limiters.task, outcome, 'The task', example.id);
      const draft = taskRunDraft({ experimentId: experiment.id, exampleId: example.id, repetition }, outcome, traceId);
      let wasThere = false;
      const saving = this.#save(draft, this.#unsaved.taskRuns, {
        write: (record) => store.saveTaskRun(record),
        refused: refusedTaskRun,
        standing: (error) => {
          if (!ConflictError.is(error)) return undefined;
          wasThere = true;
          return error.existing as TaskRun;
        },
        tell: (run) => {
          if (outcome.ok && run.error !== null) this.#heedFailed('The task', example.id, run.error);
          this.#listener.taskRunSaved(run);
        },
      });
      this.#lanes.leave();
      return { run: await saving, wasThere };
    } finally {
      this.#tasks -= 1;
    }
  }

  async #evaluateAll(run: TaskRun, { example }: PlannedRun, names: readonly string[], page: Page): Promise<void> {
    const all = this.#pipe.evaluators;
    const evaluators = names.length === all.length ? all : all.filter(({ name }) => names.includes(name));
    if (evaluators.length === 1) return this.#evaluate(run, example, evaluators[0]!, page);
    await Promise.all(evaluators.map((evaluator) => this.#evaluate(run, example, evaluator, page)));
  }

  async #evaluate(run: TaskRun, example: PlannedRun['example'], evaluator: NamedEvaluator, page: Page): Promise<void> {
    const { tracer } = this.#pipe.settings;
    const policy = this.#policies.get(evaluator.name)!;
    this.#evaluations += 1;
    try {
      const work = (): Promise<Outcome<unknown>> =>
        attempt(
          (call) => evaluator.evaluate(evaluatorParams(example, run, call, this.#context) as never),
          policy,
          this.#lanes,
          this.#stop,
          'evaluation',
        );
      const { outcome, traceId } =
        tracer === undefined
          ? { outcome: await work(), traceId: null }
          : await traced(
              tracer,
              `Evaluation: ${evaluator.name}`,
              'EVALUATOR',
              this.#attributes(example.id, run.repetition, {
                input: example.input,
                output: run.output,
                expected: example.expected,
              }),
              work,
            );
      this.#heed(policy.limiter, outcome, `Evaluator ${evaluator.name}`, example.id);
      const drafts = evaluationDrafts(evaluator, run, outcome, traceId);
      const givesParts = drafts.some(({ name }) => name !== evaluator.name);
      if (givesParts && page.hasFailed(run.id, evaluator.name)) drafts.push(replacedByParts(drafts[0]!, evaluator));
      const allSaved =
        drafts.length === 1
          ? this.#saveEvaluation(drafts[0]!)
          : Promise.all(drafts.map((draft) => this.#saveEvaluation(draft)));
      this.#lanes.leave();
      await allSaved;
    } catch (error) {
      this.#leftUndone = true;
      if (!(error instanceof Stopped)) this.#fail(error);
    } finally {
      this.#evaluations -= 1;
    }
  }

  #saveEvaluation(draft: EvaluationRunDraft): Promise<EvaluationRun> {
    return this.#save(draft, this.#unsaved.evaluationRuns, {
      write: (record) => this.#pipe.store.saveEvaluationRun(record),
      refused: refusedEvaluation,
      standing: () => undefined,
      tell: (saved) => {
        if (saved.status === 'failed') this.#heedFailed(`Evaluator ${saved.name}`, saved.exampleId, saved.error ?? '');
        this.#listener.evaluationSaved(saved);
      },
    });
  }

  /** Another process saved the run first, and may have judged it too. */
  async #unevaluated(run: TaskRun, names: readonly string[]): Promise<readonly string[]> {
    const { store, experiment } = this.#pipe;
    const standing: EvaluationRun[] = [];
    for await (const evaluation of store.listEvaluationRuns(experiment.id, { exampleIds: [run.exampleId] })) {
      if (evaluation.taskRunId === run.id) standing.push(evaluation);
    }
    for (const evaluation of standing) this.#listener.evaluationSaved(evaluation);
    const evaluated = evaluatedNames(names, standing).get(run.id);
    return names.filter((name) => evaluated?.has(name) !== true);
  }

  /**
   * Saves a record, and tells of it before it stops to count as in flight. One that the store refuses is saved as a
   * failure instead; one it cannot take ends the run.
   */
  async #save<Draft, Saved>(draft: Draft, unsaved: Draft[], saving: Saving<Draft, Saved>): Promise<Saved> {
    this.#saving += 1;
    try {
      let saved: Saved;
      try {
        saved = await saving.write(draft);
      } catch (error) {
        saved = saving.standing(error) ?? (await this.#saveAgain(error, draft, saving));
      }
      saving.tell(saved);
      return saved;
    } catch (error) {
      unsaved.push(draft);
      this.#saveFailure ??= error;
      this.#stop.stop('error');
      throw new Stopped('A record could not be saved');
    } finally {
      this.#saving -= 1;
      this.#listener.changed();
    }
  }

  async #saveAgain<Draft, Saved>(
    error: unknown,
    draft: Draft,
    { write, refused, standing }: Saving<Draft, Saved>,
  ): Promise<Saved> {
    if (AssayError.is(error) && error.code === 'invalid-input') return write(refused(draft, messageOf(error)));
    try {
      return await retriedSave(error, () => write(draft));
    } catch (again) {
      const there = standing(again);
      if (there === undefined) throw again;
      return there;
    }
  }

  /** Looks at a final outcome: provider failures in a row halt the run, and with `exitOnError` any failure ends it. */
  #heed(limiter: RateLimiter, outcome: Outcome<unknown>, who: string, exampleId: string): void {
    if (outcome.ok) {
      this.#failuresInARow.set(limiter, 0);
      return;
    }
    if (outcome.providerWide) {
      const count = (this.#failuresInARow.get(limiter) ?? 0) + 1;
      this.#failuresInARow.set(limiter, count);
      if (count >= this.#pipe.settings.haltAfter)
        this.#fail(new HaltedError(this.#pipe.experiment.id, count, outcome.cause));
    }
    this.#heedFailed(who, exampleId, outcome.message, outcome.cause);
  }

  #heedFailed(who: string, exampleId: string, message: string, cause?: unknown): void {
    if (this.#pipe.settings.exitOnError)
      this.#fail(new AssayError('run-failed', `${who} failed on example ${exampleId}: ${message}`, { cause }));
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#stop.stop('error');
  }

  #attributes(exampleId: string, repetition: number, input: unknown): Readonly<Record<string, unknown>> {
    const { experiment } = this.#pipe;
    return {
      'input.value': asText(input),
      'experiment.id': experiment.id,
      'dataset.id': experiment.datasetId,
      'example.id': exampleId,
      repetition,
    };
  }
}

function policyOf(evaluator: NamedEvaluator, settings: Pipe['settings'], limiter: RateLimiter): AttemptPolicy {
  return {
    retries: evaluator.retries ?? settings.retries,
    timeoutMs: evaluator.timeoutMs === undefined ? settings.timeoutMs : evaluator.timeoutMs,
    limiter,
    shouldRetry: settings.shouldRetry,
  };
}

interface Saving<Draft, Saved> {
  readonly write: (draft: Draft) => Promise<Saved>;
  /** The record of a failure that stands for one that the store refuses. */
  readonly refused: (draft: Draft, reason: string) => Draft;
  /** What stands in the store already, by its error; `undefined` when the error says nothing of the kind. */
  readonly standing: (error: unknown) => Saved | undefined;
  readonly tell: (saved: Saved) => void;
}

/** An output that is not JSON fails its own run only. */
function refusedTaskRun(draft: TaskRunDraft, reason: string): TaskRunDraft {
  return { ...draft, output: null, error: reason };
}

function refusedEvaluation(draft: EvaluationRunDraft, reason: string): EvaluationRunDraft {
  return { ...draft, status: 'failed', score: null, label: null, explanation: null, metadata: {}, error: reason };
}
