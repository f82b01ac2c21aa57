import type { EvaluateFunction, NamedEvaluator, RunEvent, Task } from '@assay/core';

/** Which calls of a job have been started and are not saved yet. One in a back-off is not in flight. */
export class InFlight {
  readonly #calls = new Set<string>();
  readonly #byExample = new Map<string, number>();

  /** Resolves with the first call. */
  readonly begun: Promise<void>;
  #begin: () => void = () => {};

  constructor() {
    this.begun = new Promise((resolve) => (this.#begin = resolve));
  }

  get count(): number {
    return this.#calls.size;
  }

  /** Whether any call for an example is in flight. */
  has(exampleId: string): boolean {
    return this.#byExample.has(exampleId);
  }

  ofTask(task: Task<never, unknown>): Task<never, unknown> {
    const watched = async (params: RunParams): Promise<unknown> =>
      this.#during(params.example.id, keyOf(params.example.id, params.repetition), () => task(params as never));
    return Object.defineProperty(watched, 'name', { value: task.name }) as unknown as Task<never, unknown>;
  }

  ofEvaluator(evaluator: NamedEvaluator): NamedEvaluator {
    const { name, evaluate } = evaluator;
    const watched = async (params: RunParams): Promise<unknown> =>
      this.#during(params.example.id, keyOf(params.example.id, params.repetition, name), () =>
        evaluate(params as never),
      );
    return { ...evaluator, evaluate: watched as unknown as EvaluateFunction<never> };
  }

  /** A record has been saved: its call is not in flight any more. */
  heed(event: RunEvent): void {
    if (event.type === 'task-run-saved')
      this.#end(event.run.exampleId, keyOf(event.run.exampleId, event.run.repetition));
    if (event.type !== 'evaluation-run-saved') return;
    const { exampleId, repetition, name } = event.run;
    // Of several results of one evaluator the first says that its call has ended.
    for (let end = name.length; end > 0; end = name.lastIndexOf('/', end - 1))
      this.#end(exampleId, keyOf(exampleId, repetition, name.slice(0, end)));
  }

  /** Nothing more comes. */
  clear(): void {
    this.#calls.clear();
    this.#byExample.clear();
  }

  async #during(exampleId: string, key: string, call: () => unknown): Promise<unknown> {
    this.#begin();
    if (!this.#calls.has(key)) {
      this.#calls.add(key);
      this.#byExample.set(exampleId, (this.#byExample.get(exampleId) ?? 0) + 1);
    }
    try {
      return await call();
    } catch (error) {
      this.#end(exampleId, key);
      throw error;
    }
  }

  #end(exampleId: string, key: string): void {
    if (!this.#calls.delete(key)) return;
    const left = (this.#byExample.get(exampleId) ?? 1) - 1;
    if (left === 0) this.#byExample.delete(exampleId);
    else this.#byExample.set(exampleId, left);
  }
}

interface RunParams {
  readonly example: { readonly id: string };
  readonly repetition: number;
}

function keyOf(exampleId: string, repetition: number, evaluator = ''): string {
  return `${repetition}\u0000${evaluator}\u0000${exampleId}`;
}
