import type { RunEvent } from '@assay/core';
import type { EventHub } from '../event-hub.ts';
import { evaluationToWire, taskRunToWire } from '../wire.ts';

/** Tells watchers of an experiment what happens to its job, in the words of the wire. */
export class JobEvents {
  readonly #hub: EventHub;
  readonly #experimentId: string;
  /** Of the examples that were planned last: runs name theirs by its node id on the wire. */
  readonly #nodeIds = new Map<string, string>();

  constructor(hub: EventHub, experimentId: string) {
    this.#hub = hub;
    this.#experimentId = experimentId;
  }

  /** Examples whose runs may come now. @param mostInHand - How many there may be at once. */
  planned(examples: readonly { readonly id: string; readonly nodeId: string }[], mostInHand: number): void {
    for (const { id, nodeId } of examples) {
      this.#nodeIds.delete(id);
      this.#nodeIds.set(id, nodeId);
    }
    for (const id of this.#nodeIds.keys()) {
      if (this.#nodeIds.size <= mostInHand) break;
      this.#nodeIds.delete(id);
    }
  }

  heed(event: RunEvent): void {
    switch (event.type) {
      case 'task-run-saved': {
        const { run } = event;
        const exampleNodeId = this.#nodeIds.get(run.exampleId) ?? run.exampleId;
        if (run.id !== '') this.#tell('task-run-saved', { run: taskRunToWire({ ...run, exampleNodeId }) });
        break;
      }
      case 'evaluation-run-saved': {
        const { id, taskRunId } = event.run;
        const run = { id, experiment_run_id: taskRunId, ...evaluationToWire(event.run) };
        if (id !== '') this.#tell('evaluation-run-saved', { run });
        break;
      }
      case 'waiting':
        this.#tell('waiting', { key: event.key, until: new Date(event.untilMs).toISOString() });
        break;
      case 'warning':
        this.#tell('warning', { message: event.message });
        break;
    }
  }

  #tell(type: string, data: unknown): void {
    this.#hub.publish(this.#experimentId, type, data);
  }
}
