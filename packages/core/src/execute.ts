import { attempt, type AttemptPolicy, type Outcome, settle } from './attempt.ts';
import { evaluatorParams, type ExperimentContext, taskParams } from './call-params.ts';
import { frozenCopyOf } from './copy.ts';
import { evaluationDrafts, replacedByParts, taskRunDraft } from './drafts.ts';
import type { NamedEvaluator } from './evaluator.ts';
import type { RunEvent } from './events.ts';
import type { EvaluationRun, TaskRun } from './experiment.ts';
import { Failures } from './failures.ts';
import type { Lanes, Urgency } from './lanes.ts';
import { createLimiters, type Limiters } from './limiters.ts';
import type { Page } from './pages.ts';
import type { Pipe } from './pipe.ts';
import { evaluatedNames, type PlannedRun } from './plan.ts';
import type { RateLimiter } from './rate-limit.ts';
import { Records, type SaveListener } from './save.ts';
import { Spans } from './spans.ts';
import { Spending } from './spending.ts';
import { Stopped, type StopSwitch } from './stop.ts';

/** Evaluations in hand beyond which no new task starts: a slow judge must not fill the memory with outputs. */
const mostEvaluations = 5000;

/** Carries out planned runs: execute → save → evaluate → save. */
export class Execution {
  readonly #pipe: Pipe;
  readonly #lanes: Lanes;
  readonly #stop: StopSwitch;
  readonly #listener: SaveListener;
  readonly #records: Records;
  readonly #failures: Failures;
  readonly #limiters: Limiters;
  readonly #spending: Spending | undefined;
  readonly #taskPolicy: AttemptPolicy;
  readonly #policies: ReadonlyMap<string, AttemptPolicy>;
  readonly #context: ExperimentContext;
  readonly #spans: Spans;
  #tasks = 0;
  #evaluations = 0;
  #leftUndone = false;

  constructor(pipe: Pipe, lanes: Lanes, stop: StopSwitch, listener: SaveListener, tell: (event: RunEvent) => void) {
    const { experiment, settings, evaluators } = pipe;
    this.#pipe = pipe;
    this.#lanes = lanes;
    this.#stop = stop;
    this.#listener = listener;
    const of = { experimentId: experiment.id, store: pipe.store };
    this.#failures = new Failures(of, settings, stop, (error) => tell({ type: 'halting', error }));
    this.#records = new Records(pipe.store, stop, heeding(listener, this.#failures));
    this.#limiters = createLimiters(settings.rateLimit, evaluators);
    const { budget, concurrency } = settings;
    const warn = (message: string): void => tell({ type: 'warning', message });
    const spending = budget === undefined ? undefined : new Spending(budget, evaluators, concurrency, warn);
    this.#spending = spending;
    this.#taskPolicy = {
      ...settings,
      limiter: this.#limiters.task,
      watch: this.#failures.watch(this.#limiters.task),
      shouldRetry: settings.shouldRetry,
      reserve: spending && ((urgency) => spending.reserve(spending.task, urgency)),
    };
    this.#policies = new Map(
      evaluators.map((evaluator) => {
        const spender = spending?.evaluator(evaluator.name, evaluator.kind);
        const reserve = spender && ((urgency: Urgency) => spending!.reserve(spender, urgency));
        const limiter = this.#limiters.of(evaluator);
        const watch = this.#failures.watch(limiter);
        return [evaluator.name, { ...policyOf(evaluator, settings, limiter), watch, reserve }];
      }),
    );
    this.#context = frozenCopyOf({ id: experiment.id, name: experiment.name, metadata: experiment.metadata });
    this.#spans = new Spans(settings.tracer, experiment);
  }

  /** Records that await their durable write. */
  get saving(): number {
    return this.#records.saving;
  }

  /** Whether anything planned was not done. */
  get leftUndone(): boolean {
    return this.#leftUndone;
  }

  /** What to warn of when the tracer has thrown; `null` when it has not. */
  get tracerWarning(): string | null {
    return this.#spans.warning;
  }

  /** Whether the budget is reached: the reason when something was left undone and nothing else stopped the run. */
  get hasReachedBudget(): boolean {
    return this.#spending?.isReached === true;
  }

  /** Whether no task will be called any more. */
  get tasksHaveEnded(): boolean {
    return this.#stop.reason !== null || this.#spending?.tasksHaveEnded === true;
  }

  /** Looks up what earlier runs have spent, where it matters. */
  async prepare(): Promise<void> {
    const { store, experiment, fresh } = this.#pipe;
    if (!fresh) await this.#spending?.recall(store, experiment.id);
  }

  /** Tells that not even everything was begun. */
  leaveRest(): void {
    this.#leftUndone = true;
  }

  /** Starts what may start, after the concurrency has changed. */
  concurrencyChanged(): void {
    this.#spending?.changed();
  }

  /** Lets nothing new start. */
  end(): void {
    this.#spending?.stop();
  }

  /** What the whole run must reject with; `undefined` when it need not. */
  get failure(): unknown {
    return this.#records.failure ?? this.#failures.first;
  }

  /** Whether a run may be begun now: its task would be next, and not too much is in hand. */
  mayBegin({ run }: PlannedRun): boolean {
    if (this.#evaluations >= mostEvaluations) return false;
    if (run !== undefined) return this.#evaluations < this.#mostInHand;
    return this.#lanes.waitingTasks(this.#limiters.task) === 0 && this.#tasks < this.#mostInHand;
  }

  /** Runs in a back-off hold no slot, so more are in hand than are open: but not without end. */
  get #mostInHand(): number {
    return 4 * this.#pipe.settings.concurrency.limit;
  }

  /** Resolves when the run and its evaluations are saved, or the stop came first. Never rejects. */
  async carry(planned: PlannedRun, page: Page): Promise<void> {
    try {
      const { task } = this.#pipe;
      let { run } = planned;
      let { evaluatorNames } = planned;
      // Whether money is set aside for judging it.
      let isDue = false;
      if (run === undefined) {
        if (task === undefined) return;
        const saved = await this.#execute(planned, task);
        run = saved.run;
        if (saved.wasThere) evaluatorNames = await this.#unevaluated(run, evaluatorNames);
        isDue = saved.hasReturned;
      }
      if (run.error !== null) evaluatorNames = [];
      if (isDue) this.#spending?.leftOut(planned.evaluatorNames.filter((name) => !evaluatorNames.includes(name)));
      if (evaluatorNames.length > 0) await this.#evaluateAll(run, planned, evaluatorNames, page, isDue);
    } catch (error) {
      this.#leaveUndone(error);
    }
  }

  async #execute(
    { example, repetition }: PlannedRun,
    task: NonNullable<Pipe['task']>,
  ): Promise<{ readonly run: TaskRun; readonly wasThere: boolean; readonly hasReturned: boolean }> {
    const experimentId = this.#pipe.experiment.id;
    this.#tasks += 1;
    try {
      const call = this.#attempt(this.#taskPolicy, 'task', (call) =>
        task(taskParams(example, repetition, call, this.#context) as never),
      );
      const { outcome, traceId } = await this.#spans.ofTask(task.name, example, repetition, call);
      this.#heed(this.#limiters.task, outcome, 'The task', example.id);
      const saving = this.#records.taskRun(
        taskRunDraft({ experimentId, exampleId: example.id, repetition }, outcome, traceId),
      );
      this.#lanes.leave();
      return { ...(await saving), hasReturned: outcome.ok };
    } finally {
      this.#tasks -= 1;
    }
  }

  async #evaluateAll(
    run: TaskRun,
    { example }: PlannedRun,
    names: readonly string[],
    page: Page,
    isDue: boolean,
  ): Promise<void> {
    const all = this.#pipe.evaluators;
    const evaluators = names.length === all.length ? all : all.filter(({ name }) => names.includes(name));
    if (evaluators.length === 1) return this.#evaluate(run, example, evaluators[0]!, page, isDue);
    await Promise.all(evaluators.map((evaluator) => this.#evaluate(run, example, evaluator, page, isDue)));
  }

  async #evaluate(
    run: TaskRun,
    example: PlannedRun['example'],
    evaluator: NamedEvaluator,
    page: Page,
    isDue: boolean,
  ): Promise<void> {
    const policy = this.#policies.get(evaluator.name)!;
    this.#evaluations += 1;
    if (isDue) this.#spending?.begun(evaluator.name);
    try {
      const call = this.#attempt(policy, 'evaluation', (call) =>
        evaluator.evaluate(evaluatorParams(example, run, call, this.#context) as never),
      );
      const { outcome, traceId } = await this.#spans.ofEvaluation(evaluator, example, run, call);
      this.#heed(policy.limiter, outcome, `Evaluator ${evaluator.name}`, example.id);
      const drafts = evaluationDrafts(evaluator, run, outcome, traceId);
      const givesParts = drafts.some(({ name }) => name !== evaluator.name);
      if (givesParts && page.hasFailed(run.id, evaluator.name)) drafts.push(replacedByParts(drafts[0]!, evaluator));
      const saving =
        drafts.length === 1
          ? this.#records.evaluation(drafts[0]!)
          : Promise.all(drafts.map((draft) => this.#records.evaluation(draft)));
      this.#lanes.leave();
      await saving;
    } catch (error) {
      this.#leaveUndone(error);
    } finally {
      this.#evaluations -= 1;
    }
  }

  /** A call with all its attempts, not begun yet. */
  #attempt<T>(
    policy: AttemptPolicy,
    urgency: Urgency,
    work: Parameters<typeof attempt<T>>[0],
  ): () => Promise<Outcome<T>> {
    return () => attempt(work, policy, this.#lanes, this.#stop, urgency);
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

  #heed(limiter: RateLimiter, outcome: Outcome<unknown>, who: string, exampleId: string): void {
    settle(outcome);
    if (!outcome.ok && outcome.isCutShort === true) this.#leftUndone = true;
    else this.#failures.heed(limiter, outcome, who, exampleId);
  }

  #leaveUndone(error: unknown): void {
    this.#leftUndone = true;
    if (!(error instanceof Stopped)) this.#failures.end(error);
  }
}

/** A failure that shows only when it is saved, such as an output that is not JSON, counts like one of the call. */
function heeding(listener: SaveListener, failures: Failures): SaveListener {
  return {
    changed: listener.changed,
    taskRunSaved: (run) => {
      if (run.error !== null) failures.failed('The task', run.exampleId, run.error);
      listener.taskRunSaved(run);
    },
    evaluationSaved: (evaluation) => {
      const { status, name, exampleId, error } = evaluation;
      if (status === 'failed') failures.failed(`Evaluator ${name}`, exampleId, error ?? '');
      listener.evaluationSaved(evaluation);
    },
  };
}

function policyOf(evaluator: NamedEvaluator, settings: Pipe['settings'], limiter: RateLimiter): AttemptPolicy {
  return {
    retries: evaluator.retries ?? settings.retries,
    timeoutMs: evaluator.timeoutMs === undefined ? settings.timeoutMs : evaluator.timeoutMs,
    limiter,
    shouldRetry: settings.shouldRetry,
  };
}
