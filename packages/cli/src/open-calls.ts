import { type NamedEvaluator, readEvaluators } from '@assay/core';
import type { DefinedExperiment } from './experiment-file.ts';

/** Counts the calls of an experiment's task and evaluators that are open. */
export class OpenCalls {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The experiment's task and evaluators, counted. */
  watch({ task, evaluators }: DefinedExperiment): Pick<DefinedExperiment, 'task' | 'evaluators'> {
    const named: readonly NamedEvaluator[] = readEvaluators(evaluators as never);
    const watched = named.map((evaluator) => ({ ...evaluator, evaluate: this.#counted(evaluator.evaluate as Call) }));
    return { task: this.#counted(task as Call) as never, evaluators: watched as never };
  }

  /** Keeps its name, by which an experiment knows its task. */
  #counted(call: Call): Call {
    const counted = async (params: unknown): Promise<unknown> => {
      this.#count += 1;
      try {
        return await call(params);
      } finally {
        this.#count -= 1;
      }
    };
    return Object.defineProperty(counted, 'name', { value: call.name });
  }
}

type Call = (params: unknown) => unknown;
