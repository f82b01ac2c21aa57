import type { EvaluationRun, TaskRun } from './experiment.ts';

/** What one repetition of an example counts for. */
export interface OpenRun {
  /** `null`: not on record yet. */
  task: OpenTaskRun | null;
  evaluations: readonly OpenEvaluation[];
}

export interface OpenTaskRun extends Pick<TaskRun, 'latencyMs' | 'waitMs' | 'attempts' | 'usage'> {
  readonly ok: boolean;
}

export type OpenEvaluation = Pick<
  EvaluationRun,
  'name' | 'kind' | 'direction' | 'status' | 'score' | 'label' | 'usage'
>;

/** By repetition: the first is at 1. */
type OpenExample = (OpenRun | undefined)[];

/** Examples of one map. */
const mostInMap = 200;

/** Shared, as most runs of a long experiment have nothing in it when they are added. */
const none: readonly OpenEvaluation[] = [];

/**
 * The examples that are open, with their runs.
 *
 * They are in maps that are filled once and dropped when empty, and not in one of which examples come and go: V8 links
 * the tables that a map outgrows one to the next, so that after hours what was long deleted survives many collections.
 */
export class OpenExamples {
  readonly #maps: Map<string, OpenExample>[] = [];
  /** How many were added to the last map. */
  #added = 0;

  add(exampleId: string): void {
    if (this.#maps.length === 0 || this.#added === mostInMap) {
      this.#maps.push(new Map());
      this.#added = 0;
    }
    this.#maps.at(-1)!.set(exampleId, []);
    this.#added += 1;
  }

  /** The run of a repetition; `undefined` when the example is not open. */
  runOf(exampleId: string, repetition: number): OpenRun | undefined {
    const example = this.#mapOf(exampleId)?.get(exampleId);
    return example && (example[repetition] ??= { task: null, evaluations: none });
  }

  /** Takes an example out, and gives what is known of its runs. */
  remove(exampleId: string): readonly OpenRun[] {
    const map = this.#mapOf(exampleId);
    const example = map?.get(exampleId) ?? [];
    map?.delete(exampleId);
    if (map?.size === 0) this.#maps.splice(this.#maps.indexOf(map), 1);
    return example.filter((run) => run !== undefined);
  }

  ids(): readonly string[] {
    return this.#maps.flatMap((map) => [...map.keys()]);
  }

  #mapOf(exampleId: string): Map<string, OpenExample> | undefined {
    return this.#maps.find((map) => map.has(exampleId));
  }
}
