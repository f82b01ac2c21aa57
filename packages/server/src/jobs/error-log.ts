import { messageOf } from '@assay/core';
import type { RunEvent } from '@assay/core';
import type { JobError, JobStore } from '@assay/store';

/** How long errors may wait for others to be written together, in milliseconds. */
const patienceMs = 200;

/** Writes down what goes wrong with a job, many errors at once: a thousand bad rows are not a thousand writes. */
export class ErrorLog {
  readonly #experimentId: string;
  readonly #jobs: JobStore;
  readonly #onFailure: (error: unknown) => void;
  #waiting: JobError[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(experimentId: string, jobs: JobStore, onFailure: (error: unknown) => void) {
    this.#experimentId = experimentId;
    this.#jobs = jobs;
    this.#onFailure = onFailure;
  }

  heed(event: RunEvent): void {
    if (event.type !== 'task-run-saved' && event.type !== 'evaluation-run-saved') return;
    const { error, exampleId, repetition } = event.run;
    if (error === null) return;
    const evaluator = event.type === 'evaluation-run-saved' ? event.run.name : null;
    const kind = evaluator === null ? 'task' : 'evaluation';
    this.#add({ occurredAt: new Date(), kind, exampleId, repetition, evaluator, message: error });
  }

  /** Of the experiment as a whole. */
  add(error: unknown): void {
    const of = { exampleId: null, repetition: null, evaluator: null };
    this.#add({ occurredAt: new Date(), kind: 'experiment', ...of, message: messageOf(error) });
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const errors = this.#waiting.splice(0);
    // What is wrong with single runs is on their records too.
    if (errors.length > 0) await this.#jobs.addErrors(this.#experimentId, errors).catch(this.#onFailure);
  }

  #add(error: JobError): void {
    this.#waiting.push(error);
    this.#timer ??= setTimeout(() => void this.flush(), patienceMs);
  }
}
