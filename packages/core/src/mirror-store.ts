import { AssayError, messageOf } from './errors.ts';
import { needStore } from './kind-checks.ts';
import type { Catalog, ExperimentStore } from './store.ts';
import { ExperimentCopy } from './sync.ts';

/** A store whose records reach a second one in the background. */
export interface MirrorStore extends ExperimentStore {
  /**
   * Delivers what is left, for at most 5 seconds.
   *
   * @throws AssayError `unavailable` when something is left: it is kept in the local store, and the message says how to
   * deliver it later.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Saves in the local store first, and copies to the remote one in the background: a server that is down for a minute,
 * or a laptop that is closed, costs no result. What the remote lacks is found by comparing the two, so nothing is
 * doubled, and `syncExperiment` delivers it at any later time.
 *
 * @param local - Answers every call, and decides what is durable.
 * @param remote - Gets a copy of each experiment that is created or changed through the mirror.
 */
export function mirrorStore(local: ExperimentStore, remote: Catalog): MirrorStore {
  needStore('the local side of a mirror', local);
  needStore('the remote side of a mirror', remote);
  const outbox = new Outbox(local, remote);
  const close = (): Promise<void> => outbox.close();
  return {
    saveDataset: (draft) => local.saveDataset(draft),
    getDataset: (ref, at) => local.getDataset(ref, at),
    listExamples: (of) => local.listExamples(of),
    createExperiment: async (draft) => {
      const experiment = await local.createExperiment(draft);
      outbox.changed(experiment.id);
      return experiment;
    },
    getExperiment: (experimentId) => local.getExperiment(experimentId),
    saveTaskRun: async <Output>(draft: Parameters<ExperimentStore['saveTaskRun']>[0]) => {
      const run = await local.saveTaskRun<Output>(draft as never);
      outbox.changed(run.experimentId, run.exampleId);
      return run;
    },
    saveEvaluationRun: async (draft) => {
      const run = await local.saveEvaluationRun(draft);
      outbox.changed(run.experimentId, run.exampleId);
      return run;
    },
    listTaskRuns: (experimentId, of) => local.listTaskRuns(experimentId, of),
    listEvaluationRuns: (experimentId, of) => local.listEvaluationRuns(experimentId, of),
    ...(local.listSuperseded === undefined
      ? {}
      : { listSuperseded: (experimentId: string) => local.listSuperseded!(experimentId) }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Milliseconds that changes gather before they are sent, and the longest pause after a failure. */
const gatherMs = 200;
const longestPauseMs = 30_000;
const closeMs = 5000;

/** What the remote store does not have yet, by experiment and example. Lost with the process, and found again by a sync. */
class Outbox {
  readonly #local: ExperimentStore;
  readonly #remote: Catalog;
  readonly #copies = new Map<string, ExperimentCopy>();
  readonly #changed = new Map<string, Set<string>>();
  /** Experiments that are being sent: a remote that never answers has not got them. */
  readonly #underWay = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;
  #pauseMs = gatherMs;
  #failure: unknown;

  constructor(local: ExperimentStore, remote: Catalog) {
    this.#local = local;
    this.#remote = remote;
  }

  changed(experimentId: string, exampleId?: string): void {
    const examples = this.#changed.get(experimentId) ?? new Set();
    this.#changed.set(experimentId, examples);
    if (exampleId !== undefined) examples.add(exampleId);
    this.#schedule();
  }

  async close(): Promise<void> {
    const until = performance.now() + closeMs;
    while ((this.#changed.size > 0 || this.#sending !== undefined) && performance.now() < until) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      await Promise.race([this.#send(), delay(until - performance.now())]);
      if (this.#failure !== undefined) await delay(Math.min(gatherMs, until - performance.now()));
    }
    clearTimeout(this.#timer);
    const ids = [...new Set([...this.#underWay, ...this.#changed.keys()])];
    if (ids.length === 0) return;
    throw new AssayError(
      'unavailable',
      `The remote store lacks results of ${ids.length === 1 ? 'experiment' : 'the experiments'} ${ids.join(', ')}. They are kept in the local store: deliver them with syncExperiment({ experimentId, from, to }), or \`assay sync EXPERIMENT --to URL\`${this.#failure === undefined ? '' : `. Last error: ${messageOf(this.#failure)}`}`,
      { cause: this.#failure },
    );
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#sending !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, this.#pauseMs);
    // What is left undelivered must not keep a finished script alive. Only Node has `unref`.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#changed.size > 0) this.#schedule();
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const [experimentId] of changed) this.#underWay.add(experimentId);
    for (const [experimentId, examples] of changed) {
      try {
        await this.#copyOf(experimentId).push([...examples]);
        this.#failure = undefined;
        this.#pauseMs = gatherMs;
      } catch (error) {
        this.#failure = error;
        this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
        const since = this.#changed.get(experimentId) ?? new Set();
        this.#changed.set(experimentId, new Set([...examples, ...since]));
      }
      this.#underWay.delete(experimentId);
    }
  }

  #copyOf(experimentId: string): ExperimentCopy {
    let copy = this.#copies.get(experimentId);
    if (copy === undefined)
      this.#copies.set(experimentId, (copy = new ExperimentCopy(experimentId, this.#local, this.#remote)));
    return copy;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
