import { needObject, RunCounts, type RunEvent } from '@assay/core';
import { createLiveLine, type LiveLine } from './live-line.ts';
import { progressLine } from './progress-line.ts';
import { canRedraw, type TerminalStream } from './terminal-stream.ts';

export interface ProgressOptions {
  /** Where it is drawn. Default `process.stderr`. */
  readonly stream?: TerminalStream | undefined;
  /**
   * What to do where lines cannot be redrawn, such as in a CI log: `false`, nothing; `true`, a line every 10 s.
   * Default false.
   */
  readonly linesWithoutTerminal?: boolean | undefined;
}

/** A progress line that follows a run. */
export interface Progress {
  /** Hand it to the run as `onEvent`. Costs less than a microsecond an event. */
  readonly onEvent: (event: RunEvent) => void;
  /** Takes the line away. Called by itself when the run has finished; call it too where the run may throw. */
  readonly stop: () => void;
}

/**
 * Makes a progress line on stderr, redrawn ten times a second while a run goes on: runs and evaluations done of all,
 * failures, rate, time left, and what waits for a limit. Without a terminal it shows nothing, unless asked.
 *
 * What the task itself prints stays readable: the line makes way for it.
 *
 * @example
 * ```ts
 * import { runExperiment } from '@assay/core';
 * import { createProgress, printSummary } from '@assay/cli/terminal';
 *
 * const progress = createProgress();
 * try {
 *   const ran = await runExperiment({
 *     dataset: [{ input: 1 }, { input: 2 }],
 *     task: ({ input }) => input + 1,
 *     onEvent: progress.onEvent,
 *     printSummary: false,
 *   });
 *   printSummary(ran);
 * } finally {
 *   progress.stop();
 * }
 * ```
 */
export function createProgress(options: ProgressOptions = {}): Progress {
  const { stream = process.stderr, linesWithoutTerminal = false } = needObject(
    'how to show progress as an object',
    options,
    'invalid-config',
  );
  const redraws = canRedraw(stream);
  if (!redraws && !linesWithoutTerminal) return { onEvent: () => {}, stop: () => {} };

  const counts = new RunCounts();
  let line: LiveLine | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  const draw = (): void => {
    const text = progressLine(counts.at(performance.now(), Date.now()), stream.columns || 80);
    if (line === undefined) stream.write(`${text}\n`);
    else line.draw(text);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    line?.end();
    line = undefined;
  };
  return {
    onEvent: (event) => {
      counts.add(event);
      if (event.type === 'finished') stop();
      if (event.type !== 'started') return;
      stop();
      if (redraws) line = createLiveLine(stream);
      timer = setInterval(draw, redraws ? 100 : 10_000);
      timer.unref?.();
      if (redraws) draw();
    },
    stop,
  };
}
