import type { Budget } from './budget.ts';
import type { Usage } from './experiment.ts';
import type { Reservation } from './spending.ts';
import type { Stopped } from './stop.ts';
import type { UsageReport } from './usage.ts';

/** What is capped: money or tokens. */
type Unit = 'usd' | 'tokens';

const units = ['usd', 'tokens'] as const;

type Amounts = Record<Unit, number>;

/** One cap of a budget, and what was spent of it. */
export class Purse {
  readonly name: 'usd' | 'tokens' | 'judgeUsd';
  readonly unit: Unit;
  readonly #cap: number;
  /** Who spends from it. */
  readonly spenders: Spender[] = [];
  spent = 0;
  /** Whether a call was left out since it did not fit. */
  isReached = false;

  constructor(name: Purse['name'], cap: number) {
    this.name = name;
    this.unit = name === 'tokens' ? 'tokens' : 'usd';
    this.#cap = cap;
  }

  /** Whether something will be spent, or found not to be, that is set aside now. */
  get isBusy(): boolean {
    return this.spenders.some(({ openCalls, dueCalls }) => openCalls + dueCalls > 0);
  }

  /** Whether a call fits beside what is set aside for the calls that are open, and for judging what they return. */
  fits(spender: Spender): boolean {
    const { unit } = this;
    // What a task returns will be judged once by each evaluator.
    const toJudge = this.#openTasks + (spender.role === 'task' ? 1 : 0);
    let needed = this.spent + spender.estimate(unit);
    for (const other of this.spenders) {
      const judging = other.role === 'evaluator' && !other.hasEndedBeside(this) ? other.dueCalls + toJudge : 0;
      needed += (other.openCalls + judging) * other.estimate(unit);
    }
    // Ten times a tenth is a little more or less than one.
    return this.spent < this.#cap && needed <= this.#cap * (1 + 1e-9);
  }

  get #openTasks(): number {
    return this.spenders.find(({ role }) => role === 'task')?.openCalls ?? 0;
  }

  /** `0.98 of 1 USD`. */
  text(): string {
    return `${rounded(this.spent)} of ${amountText(this.#cap, this.unit)}`;
  }
}

/** An evaluator may be known only from records: it has spent, and will not be called. */
type SpenderRole = 'task' | 'evaluator' | 'on-record';

interface Waiting {
  readonly start: (call: Reservation) => void;
  readonly refuse: (reason: Stopped) => void;
}

/** The task or one evaluator, as far as it spends: what its calls may cost, and which of them wait for money. */
export class Spender {
  /** `the task`, `evaluator tone`. */
  readonly name: string;
  readonly purses: readonly Purse[];
  readonly role: SpenderRole;
  readonly #isCode: boolean;
  readonly #units: readonly Unit[];
  readonly #dearest: Amounts;
  /** Calls whose cost is known, or counted as if it were. */
  readonly #known: Amounts;
  /** Recalled calls that must have cost something that is not on record. */
  readonly #unknown: Amounts = { usd: 0, tokens: 0 };
  readonly queues = { again: [] as Waiting[], first: [] as Waiting[] };
  openCalls = 0;
  /** Evaluations of runs that have returned, not begun yet. */
  dueCalls = 0;
  hasWarned = false;

  constructor(of: {
    readonly name: string;
    readonly role: SpenderRole;
    /** Code costs nothing until it reports that it does. */
    readonly isCode: boolean;
    readonly purses: readonly Purse[];
    readonly perCall: Budget['perCall'];
  }) {
    const { name, role, isCode, purses, perCall } = of;
    this.name = name;
    this.purses = purses;
    this.role = role;
    this.#isCode = isCode;
    this.#units = units.filter((unit) => purses.some((purse) => purse.unit === unit));
    const most = isCode ? undefined : perCall;
    this.#dearest = { usd: most?.usd ?? 0, tokens: most?.tokens ?? 0 };
    this.#known = {
      usd: most?.usd === undefined ? 0 : Infinity,
      tokens: most?.tokens === undefined ? 0 : Infinity,
    };
  }

  /** What is set aside for a call: as much as the dearest one has cost. */
  estimate(unit: Unit): number {
    return this.#dearest[unit];
  }

  /** Whether nothing need be set aside for its calls. */
  get isFree(): boolean {
    return this.#isCode && this.#units.every((unit) => this.#dearest[unit] === 0);
  }

  /** The first purse in which its next call does not fit. A task that did not fit once has ended for good. */
  shortPurse(): Purse | undefined {
    if (this.isFree) return undefined;
    return this.purses.find((purse) => this.hasEndedIn(purse) || !purse.fits(this));
  }

  hasEndedIn(purse: Purse): boolean {
    return this.role === 'task' && purse.isReached;
  }

  /** Whether its calls are left out already, since another purse has nothing left for them. */
  hasEndedBeside(purse: Purse): boolean {
    return this.purses.some((other) => other !== purse && other.isReached);
  }

  /** Whether its next call may start. */
  mayStart(): boolean {
    return this.isFree || (this.hasRoomFor(this.openCalls) && this.shortPurse() === undefined);
  }

  /**
   * Whether one more may come to so many calls that are open or due: not more than have told their costs before, so that one
   * surprise cannot come a hundred times.
   */
  hasRoomFor(calls: number): boolean {
    return this.isFree || calls < Math.max(1, Math.min(...this.#units.map((unit) => this.#known[unit])));
  }

  /** Begins a call that was let go. */
  open(): OpenCall {
    this.openCalls += 1;
    return new OpenCall(this, this.#units);
  }

  /** A call has ended whose cost is known, or counted as if it were. */
  known(unit: Unit): void {
    this.#known[unit] += 1;
  }

  spend(unit: Unit, amount: number): void {
    for (const purse of this.purses) if (purse.unit === unit) purse.spent += amount;
  }

  /** Sees what one call cost so far. */
  heed(unit: Unit, cost: number): void {
    this.#dearest[unit] = Math.max(this.#dearest[unit], cost);
  }

  /** Counts a call that is on record from an earlier run. */
  recall(usage: Usage | null, isPaid: boolean): void {
    for (const unit of this.#units) {
      const cost = usage === null ? null : costOf(usage, unit);
      if (cost === null) {
        if (isPaid && usage?.replayedCalls === undefined) this.#unknown[unit] += 1;
        continue;
      }
      this.heed(unit, cost);
      this.spend(unit, cost);
      this.known(unit);
    }
  }

  /**
   * Counts recalled calls whose cost is not on record as the dearest of the others.
   *
   * @returns How many there are.
   */
  recallUnknown(): number {
    for (const unit of this.#units) this.spend(unit, this.#unknown[unit] * this.#dearest[unit]);
    return this.isFree ? 0 : Math.max(0, ...this.#units.map((unit) => this.#unknown[unit]));
  }

  /** `0.03 USD`, `0.03 USD or 1200 tokens`; `null` when nothing is known. */
  estimateText(): string | null {
    const known = this.#units.filter((unit) => this.#dearest[unit] > 0);
    return known.length === 0 ? null : known.map((unit) => amountText(this.#dearest[unit], unit)).join(' or ');
  }

  /** `costUsd`, `costUsd or tokens`. */
  unitsText(): string {
    return this.#units.map((unit) => (unit === 'usd' ? 'costUsd' : 'tokens')).join(' or ');
  }
}

/** One call that is open, or has ended and may still report. */
class OpenCall {
  isSettled = false;
  /** An answer that was replayed cost nothing, and says nothing of what the next one costs. */
  #isReplayed = false;
  readonly #spender: Spender;
  readonly #units: readonly Unit[];
  readonly #cost: Record<Unit, number | null> = { usd: null, tokens: null };
  /** What was counted for it at its end, since it had reported nothing. */
  readonly #assumed: Amounts = { usd: 0, tokens: 0 };

  constructor(spender: Spender, counted: readonly Unit[]) {
    this.#spender = spender;
    this.#units = counted;
  }

  report(usage: UsageReport): void {
    if ((usage.replayedCalls ?? 0) > 0) this.#isReplayed = true;
    for (const unit of this.#units) {
      const more = costOf(usage, unit);
      if (more === null) continue;
      const cost = (this.#cost[unit] ?? 0) + more;
      this.#cost[unit] = cost;
      this.#spender.spend(unit, more - this.#assumed[unit]);
      this.#assumed[unit] = 0;
      this.#spender.heed(unit, cost);
    }
  }

  /** Ends the call. @returns Whether it must have cost something that it did not report. */
  settle(isPaid: boolean): boolean {
    this.isSettled = true;
    this.#spender.openCalls -= 1;
    let isSilent = false;
    for (const unit of this.#units) {
      if (this.#cost[unit] === null && (!isPaid || this.#isReplayed)) continue;
      this.#spender.known(unit);
      if (this.#cost[unit] !== null) continue;
      isSilent = true;
      this.#assumed[unit] = this.#spender.estimate(unit);
      this.#spender.spend(unit, this.#assumed[unit]);
    }
    return isSilent && !this.#spender.isFree;
  }
}

function costOf(usage: UsageReport, unit: Unit): number | null {
  if (unit === 'usd') return usage.costUsd ?? null;
  const { promptTokens = null, completionTokens = null } = usage;
  return promptTokens === null && completionTokens === null ? null : (promptTokens ?? 0) + (completionTokens ?? 0);
}

function amountText(amount: number, unit: Unit): string {
  return `${rounded(amount)} ${unit === 'usd' ? 'USD' : 'tokens'}`;
}

function rounded(amount: number): string {
  return String(Number(amount.toPrecision(4)));
}
