import { AssayError } from './errors.ts';
import type { RunEvent } from './events.ts';
import type { RunSettings } from './settings.ts';

/** An experiment that is told as it happens. Nothing is done before the first event is asked for. */
export interface ExperimentStream<Ran, Output = unknown> extends AsyncGenerator<RunEvent<Output>, void, undefined> {
  /**
   * Carries the experiment out without a loop, and gives back everything on record, as `runExperiment` does.
   *
   * @param watch - Hears the events, or stops the run, beside what the options say.
   * @throws AssayError `invalid-config` when an event has been read, or it was called before.
   */
  collect(watch?: Pick<RunSettings, 'onEvent' | 'signal'>): Promise<Ran>;
}

/** How a stream does its two works; each is asked for once at most. */
interface StreamWork<Options extends RunSettings, Ran> {
  readonly read: (options: Options) => AsyncGenerator<RunEvent, void, undefined>;
  readonly collect: (options: Options) => Promise<Ran>;
}

/** Makes a stream that is either read or collected, once. */
export function experimentStream<Options extends RunSettings, Ran>(
  options: Options,
  work: StreamWork<Options, Ran>,
): ExperimentStream<Ran> {
  let isBegun = false;
  const begin = (): void => {
    if (isBegun) {
      throw new AssayError(
        'invalid-config',
        'Expected a stream of which nothing was asked before, got one that had begun: make another one',
      );
    }
    isBegun = true;
  };
  async function* events(): AsyncGenerator<RunEvent, void, undefined> {
    begin();
    yield* work.read(options);
  }
  return Object.assign(events(), {
    collect: async (watch: Pick<RunSettings, 'onEvent' | 'signal'> = {}) => {
      begin();
      return work.collect(watched(options, watch));
    },
  });
}

/** The options, with one more listener and one more stop. Streams never print. */
function watched<Options extends RunSettings>(
  options: Options,
  { onEvent, signal }: Pick<RunSettings, 'onEvent' | 'signal'>,
): Options {
  const signals = [options.signal, signal].filter((one) => one !== undefined);
  return {
    ...options,
    printSummary: false,
    signal: signals.length < 2 ? signals[0] : AbortSignal.any(signals),
    onEvent:
      onEvent === undefined
        ? options.onEvent
        : async (event: RunEvent) => {
            await onEvent(event);
            await options.onEvent?.(event);
          },
  };
}
