import { AssayError } from './errors.ts';

/**
 * What an experiment may spend, over all its runs and resumes. Only what `reportUsage` reports is known.
 *
 * Before a call starts, what the dearest call of its task or evaluator has cost so far is set aside for it; one that does
 * not fit is not started. At first one call is open, and never more than have reported before.
 *
 * A cap is exceeded by at most what the calls open at the end cost beyond the dearest one before them: by nothing when no
 * call costs more than one before it, and by less than one call when the cap is smaller than the first.
 */
export interface Budget {
  /** US dollars of tasks and evaluators together. */
  readonly usd?: number | undefined;
  /** Tokens of tasks and evaluators together, of prompts and completions. */
  readonly tokens?: number | undefined;
  /** US dollars of evaluators alone. When they are spent, evaluations are left out and tasks go on. */
  readonly judgeUsd?: number | undefined;
  /**
   * The most that one call may cost, where you know it: set aside from the first call on. The caps are then never
   * exceeded as long as it holds, and there is no slow start.
   */
  readonly perCall?: CallCost | undefined;
}

interface CallCost {
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
}

/** @throws AssayError `invalid-config` for anything but amounts above 0, and without any cap. */
export function checkBudget(budget: unknown): void {
  if (budget === undefined) return;
  checkAmounts('budget', budget, ['usd', 'tokens', 'judgeUsd'], ['perCall']);
  const { perCall, ...caps } = budget as Budget;
  if (Object.values(caps).every((cap) => cap === undefined))
    throw new AssayError('invalid-config', 'Expected budget to have usd, tokens or judgeUsd, got none of them');
  if (perCall !== undefined) checkAmounts('budget.perCall', perCall, ['usd', 'tokens']);
}

function checkAmounts(
  where: string,
  amounts: unknown,
  names: readonly string[],
  otherNames: readonly string[] = [],
): void {
  const known = [...names, ...otherNames];
  if (typeof amounts !== 'object' || amounts === null)
    throw new AssayError('invalid-config', `Expected ${where} to be { ${known.join(', ')} }, got ${String(amounts)}`);
  const unknown = Object.keys(amounts).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new AssayError('invalid-config', `Expected ${where} to have only ${known.join(', ')}, got ${unknown}`);
  for (const name of names) {
    const amount = (amounts as Readonly<Record<string, unknown>>)[name];
    if (amount !== undefined && !(typeof amount === 'number' && amount > 0 && amount < Infinity))
      throw new AssayError('invalid-config', `Expected ${where}.${name} to be a number above 0, got ${String(amount)}`);
  }
}
