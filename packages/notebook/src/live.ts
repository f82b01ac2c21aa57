import type { ExperimentStream, RanExperiment } from '@assay/core';
import { AssayError, messageOf } from '@assay/core/errors';
import { Display } from './display.ts';
import { experimentView } from './experiment-view.ts';
import { onInterrupt } from './interrupt.ts';
import type { Kernel } from './kernel.ts';
import { LiveProgress } from './live-progress.ts';
import { liveView } from './live-view.ts';
import { runningKernel } from './running-kernel.ts';
import { showsItself } from './shows-itself.ts';

/** Milliseconds between two drawings. */
const drawEvery = 250;

/**
 * Runs an experiment with a display that follows it: progress, rate, failures, waits, and the means so far with their
 * intervals; in its place stands the summary at the end. Resolves to the experiment, as `runExperiment` does.
 *
 * An interrupt of the kernel stops the run: what was started finishes and is saved, the display says how to go on, and the
 * promise resolves with what there is. Outside of a notebook it prints the summary at the end.
 *
 * @param stream - What `streamExperiment` or `streamResume` gives, of which nothing was read yet.
 * @throws AssayError whatever the run throws; `invalid-input` when it is something else.
 *
 * @example
 * ```ts
 * import { streamExperiment, streamResume } from '@assay/core';
 * import { live } from '@assay/notebook';
 * import { openStore } from '@assay/store';
 *
 * const store = await openStore('memory:');
 * const dataset = [{ input: 'Peru', expected: 'Lima' }, { input: 'France', expected: 'Paris' }];
 * const task = ({ input }: { input: string }) => (input === 'Peru' ? 'Lima' : 'Lyon');
 *
 * const ran = await live(streamExperiment({ store, dataset, task }));
 * await live(streamResume({ store, experimentId: ran.id, task }));
 * ```
 */
export async function live<Ran extends RanExperiment>(stream: Pick<ExperimentStream<Ran>, 'collect'>): Promise<Ran> {
  checkStream(stream);
  // Leaves the synchronous part of the cell, in which tslab allows no handler of an interrupt.
  await Promise.resolve();
  const kernel = runningKernel();
  const place = new Place(kernel);
  const progress = new LiveProgress();
  const controller = new AbortController();
  const draw = (): void => place.show(new Display(liveView(progress.at(performance.now(), Date.now()))));
  const endWatch = onInterrupt(() => {
    controller.abort();
    progress.stopping();
    draw();
  });
  const timer = setInterval(() => progress.isStale() && draw(), drawEvery);
  if (kernel !== null) draw();
  try {
    const ran = await stream.collect({ onEvent: (event) => progress.add(event), signal: controller.signal });
    const display = new Display(experimentView(ran));
    if (kernel === null) display.display();
    else place.show(display);
    // The cell must not end before its last drawing is there.
    await place.shown;
    kernel?.omit(ran);
    return showsItself(ran, display);
  } catch (error) {
    progress.ended(messageOf(error));
    draw();
    await place.shown;
    throw error;
  } finally {
    clearInterval(timer);
    endWatch();
  }
}

function checkStream(stream: unknown): void {
  if (typeof stream === 'object' && stream !== null && 'collect' in stream) return;
  const got = stream instanceof Promise ? 'a Promise, such as `runExperiment` gives' : String(stream);
  throw new AssayError('invalid-input', `Expected what streamExperiment(…) or streamResume(…) gives, got ${got}`);
}

/** One output of the cell, that is drawn anew in its place. */
class Place {
  readonly #kernel: Kernel | null;
  readonly #id = crypto.randomUUID();
  #isUpdate = false;
  /** Resolves once the last drawing is handed over. */
  shown: Promise<void> = Promise.resolve();

  constructor(kernel: Kernel | null) {
    this.#kernel = kernel;
  }

  show(display: Display): void {
    const place = { id: this.#id, isUpdate: this.#isUpdate };
    // One after another: a drawing that overtakes the next would stay.
    this.shown = this.shown.then(() => this.#kernel?.send(display.toMimeBundle(), place));
    this.#isUpdate = true;
  }
}
