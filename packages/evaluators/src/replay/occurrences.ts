/** Scopes that are remembered: those of runs that ended long ago are forgotten. */
const mostScopes = 10_000;

/**
 * Tells equal calls of one run apart: a task that asks the same question three times wants three answers, and so does one
 * that is tried again. A number that came to nothing is given out again.
 */
export class Occurrences {
  readonly #scopes = new Map<string, Map<string, { next: number; readonly free: number[] }>>();

  /** The number of this call among the equal ones of its scope. Counts from 1. */
  take(scope: string, call: string): { readonly number: number; readonly giveBack: () => void } {
    let calls = this.#scopes.get(scope);
    if (calls === undefined) this.#scopes.set(scope, (calls = new Map()));
    if (this.#scopes.size > mostScopes) this.#scopes.delete(this.#scopes.keys().next().value!);
    let count = calls.get(call);
    if (count === undefined) calls.set(call, (count = { next: 1, free: [] }));
    const { free } = count;
    const number = free.shift() ?? count.next++;
    return { number, giveBack: () => free.push(number) };
  }
}
