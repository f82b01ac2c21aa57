import type { Budget } from './budget.ts';
import type { Concurrency } from './concurrency.ts';
import type { NamedEvaluator } from './evaluator.ts';
import type { EvaluationRun, EvaluatorKind } from './experiment.ts';
import type { Urgency } from './lanes.ts';
import { Purse, Spender } from './spender.ts';
import { Stopped } from './stop.ts';
import type { ExperimentStore } from './store.ts';
import type { UsageReport } from './usage.ts';

/** A call that may start: what it may cost has been set aside. */
export interface Reservation {
  /** Counts what the call reports, also when it does so after its end. */
  report(usage: UsageReport): void;
  /** Ends the call. One that is `ok` or has `timed-out` is taken to have cost something, also when it has reported nothing. */
  settle(how: 'ok' | 'timed-out' | 'failed'): void;
}

/** Keeps the calls of a run within its budget: sets aside before a call, counts what is reported, frees the rest after. */
export class Spending {
  readonly #purses: readonly Purse[];
  readonly #task: Spender;
  /** The evaluators of this run. */
  readonly #judges: readonly Spender[];
  /** These, and others that are on record, by name. */
  readonly #evaluators = new Map<string, Spender>();
  readonly #perCall: Budget['perCall'];
  readonly #warn: (message: string) => void;
  readonly #concurrency: Concurrency;
  #open = 0;
  #waiting = 0;
  #stopped: Stopped | null = null;

  /** @param concurrency - More calls would only wait for a slot, with money set aside for them. */
  constructor(
    budget: Budget,
    evaluators: readonly NamedEvaluator[],
    concurrency: Concurrency,
    warn: (message: string) => void,
  ) {
    this.#concurrency = concurrency;
    this.#purses = purseNames.flatMap((name) => (budget[name] === undefined ? [] : [new Purse(name, budget[name])]));
    this.#perCall = budget.perCall;
    this.#warn = warn;
    this.#task = this.#addSpender({ name: 'the task', role: 'task', isCode: false });
    this.#judges = evaluators.map(({ name, kind }) => this.#addEvaluator(name, kind, 'evaluator'));
  }

  get task(): Spender {
    return this.#task;
  }

  /** The evaluator of that name, or whose result that name is. One that is only on record has spent, too. */
  evaluator(name: string, kind: EvaluatorKind): Spender {
    const whole = [...this.#evaluators.keys()].find((given) => name === given || name.startsWith(`${given}/`));
    return this.#evaluators.get(whole ?? name) ?? this.#addEvaluator(name, kind, 'on-record');
  }

  /** Whether a call was left out since it did not fit. */
  get isReached(): boolean {
    return this.#purses.some(({ isReached }) => isReached);
  }

  /** Whether no task will start any more. */
  get tasksHaveEnded(): boolean {
    return this.#task.purses.some((purse) => this.#task.hasEndedIn(purse));
  }

  /** Sets aside what a call may cost, at once or when calls that are open have left enough. @throws Stopped when it never will fit. */
  reserve(spender: Spender, urgency: Urgency): Reservation | Promise<Reservation> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped);
    if (this.#waiting === 0 && this.#mayStart(spender)) return this.#begin(spender);
    return new Promise((start, refuse) => {
      this.#waiting += 1;
      spender.queues[urgency === 'again' ? 'again' : 'first'].push({ start, refuse });
      this.#pump();
    });
  }

  /** Counts what earlier runs of the experiment have spent, also on records that were replaced since. */
  async recall(store: ExperimentStore, experimentId: string): Promise<void> {
    for await (const run of store.listTaskRuns(experimentId)) this.#task.recall(run.usage, run.error === null);
    for await (const evaluation of store.listEvaluationRuns(experimentId)) this.#recallEvaluation(evaluation);
    for await (const { kind, record } of store.listSuperseded?.(experimentId) ?? []) {
      if (kind === 'task-run') this.#task.recall(record.usage, false);
      else this.#recallEvaluation(record);
    }
    for (const spender of this.#spenders()) this.#warnOfUnknown(spender, spender.recallUnknown());
  }

  /** An evaluation of a run that has returned is begun now. */
  begun(evaluatorName: string): void {
    this.#evaluators.get(evaluatorName)!.dueCalls -= 1;
  }

  /** Evaluations of a run that has returned will not be begun. */
  leftOut(evaluatorNames: readonly string[]): void {
    for (const name of evaluatorNames) this.begun(name);
    if (this.#waiting > 0) this.#pump();
  }

  /** Starts what may start, after the concurrency has changed. */
  changed(): void {
    this.#pump();
  }

  /** Ends every wait with `Stopped`, now and later. */
  stop(): void {
    this.#stopped = new Stopped('The run was stopped');
    this.#waiting = 0;
    for (const { queues } of this.#spenders())
      for (const queue of [queues.again, queues.first]) for (const { refuse } of queue.splice(0)) refuse(this.#stopped);
  }

  /** Says once that the costs of some calls are not known. */
  #warnOfUnknown(spender: Spender, count: number): void {
    if (count === 0 || spender.hasWarned) return;
    spender.hasWarned = true;
    const estimate = spender.estimateText();
    const whose = `${count === 1 ? 'A call' : `${count} calls`} of ${spender.name}`;
    const counted = estimate === null ? 'cannot count that' : `counts ${estimate} for it, as for the dearest one`;
    this.#warn(
      `${whose} reported no ${spender.unitsText()}: the budget ${counted}. Report it by reportUsage, as 0 where a call is free`,
    );
  }

  #mayStart(spender: Spender): boolean {
    if (this.#open >= this.#concurrency.limit || !spender.mayStart()) return false;
    return spender !== this.#task || this.#judges.every((judge) => this.#canJudge(judge));
  }

  /** Whether one more output may come to a judge: its costs open the run as slowly as those of the task do. */
  #canJudge(judge: Spender): boolean {
    const isLeftOut = judge.purses.some(({ isReached }) => isReached);
    return isLeftOut || judge.hasRoomFor(this.#task.openCalls + judge.dueCalls + judge.openCalls);
  }

  #begin(spender: Spender): Reservation {
    const call = spender.open();
    this.#open += 1;
    return {
      report: (usage) => call.report(usage),
      settle: (how) => {
        if (call.isSettled) return;
        this.#open -= 1;
        // Before the run is saved and its evaluations ask for themselves, no task takes their money.
        if (spender === this.#task && how === 'ok') for (const judge of this.#judges) judge.dueCalls += 1;
        if (call.settle(how !== 'failed')) this.#warnOfUnknown(spender, 1);
        if (this.#waiting > 0) this.#pump();
      },
    };
  }

  /** Starts what may start: what was begun before, then evaluations, then tasks. What waits for money is not overtaken. */
  #pump(): void {
    const short = new Set<Purse>();
    for (const [spender, queue] of this.#inOrder()) {
      while (queue.length > 0 && (spender.isFree || !spender.purses.some((purse) => short.has(purse)))) {
        const purse = spender.shortPurse();
        if (purse !== undefined && purse.isBusy && !spender.hasEndedIn(purse)) {
          short.add(purse);
          break;
        }
        if (purse === undefined && !this.#mayStart(spender)) break;
        const { start, refuse } = queue.shift()!;
        this.#waiting -= 1;
        if (purse === undefined) start(this.#begin(spender));
        else refuse(this.#reached(purse, spender));
      }
    }
  }

  #reached(purse: Purse, spender: Spender): Stopped {
    if (!purse.isReached) {
      purse.isReached = true;
      const estimate = spender.estimateText();
      this.#warn(
        `The budget is reached: ${purse.text()} spent${estimate === null ? '' : `, and a call of ${spender.name} may cost ${estimate}`}. ${
          purse.name === 'judgeUsd' ? 'Evaluations that cost something are left out' : 'No task is started any more'
        }: resume with a higher budget.${purse.name}`,
      );
    }
    return new Stopped('The budget is reached');
  }

  *#inOrder(): Generator<readonly [Spender, Spender['queues']['first']]> {
    for (const spender of this.#spenders()) yield [spender, spender.queues.again];
    for (const spender of this.#evaluators.values()) yield [spender, spender.queues.first];
    yield [this.#task, this.#task.queues.first];
  }

  *#spenders(): Generator<Spender> {
    yield* this.#evaluators.values();
    yield this.#task;
  }

  #recallEvaluation({ name, kind, status, usage }: EvaluationRun): void {
    const spender = this.evaluator(name, kind);
    // Of several results of one evaluator, the first carries what they cost together.
    const isPart = !this.#evaluators.has(name);
    spender.recall(usage, status !== 'failed' && !isPart);
  }

  #addEvaluator(name: string, kind: EvaluatorKind, role: Spender['role']): Spender {
    const spender = this.#addSpender({ name: `evaluator ${name}`, role, isCode: kind !== 'LLM' });
    this.#evaluators.set(name, spender);
    return spender;
  }

  #addSpender(of: Pick<Spender, 'name' | 'role'> & { readonly isCode: boolean }): Spender {
    const purses = this.#purses.filter(({ name }) => of.role !== 'task' || name !== 'judgeUsd');
    const spender = new Spender({ ...of, purses, perCall: this.#perCall });
    for (const purse of purses) purse.spenders.push(spender);
    return spender;
  }
}

const purseNames = ['usd', 'tokens', 'judgeUsd'] as const;
