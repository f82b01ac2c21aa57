import cliTruncate from 'cli-truncate';
import { createLogUpdate } from 'log-update';
import type { TerminalStream } from './terminal-stream.ts';

/** One line at the end of the terminal that is redrawn in place. */
export interface LiveLine {
  readonly draw: (text: string) => void;
  /** Takes the line away and gives the terminal back. */
  readonly end: () => void;
}

/**
 * Opens a live line on the stream.
 *
 * log-update erases the lines above the cursor, so what anybody else writes to the terminal meanwhile would be erased in
 * its place. Therefore others' writes are watched: the line is taken away before them and drawn again after.
 */
export function createLiveLine(stream: TerminalStream): LiveLine {
  // The cursor stays: hiding it means signal handlers that show it again, and those belong to the program.
  const update = createLogUpdate(sized(stream) as NodeJS.WritableStream, { showCursor: true });
  let isDrawing = false;
  let isShown = false;
  let endsOpen = false;

  const drawing = (work: () => void): void => {
    isDrawing = true;
    try {
      work();
    } finally {
      isDrawing = false;
    }
  };
  const clear = (): void => {
    if (isShown) drawing(() => update.clear());
    isShown = false;
  };
  const release = watchWrites(terminals(stream), (text) => {
    if (isDrawing) return;
    clear();
    endsOpen = !text.endsWith('\n');
  });

  return {
    draw: (text) => {
      const line = cliTruncate(text, Math.max(1, widthOf(stream) - 1));
      drawing(() => {
        if (endsOpen) stream.write('\n');
        update(line);
      });
      endsOpen = false;
      isShown = true;
    },
    end: () => {
      clear();
      update.done();
      release();
    },
  };
}

/** A terminal that does not know its size says 0, which log-update takes for no room at all. */
function sized(stream: TerminalStream): TerminalStream {
  return {
    isTTY: stream.isTTY,
    get columns() {
      return widthOf(stream);
    },
    get rows() {
      return stream.rows || 24;
    },
    write: (text) => stream.write(text),
  };
}

function widthOf(stream: TerminalStream): number {
  return stream.columns || 80;
}

/** Every stream of this process that ends in the terminal. */
function terminals(stream: TerminalStream): readonly TerminalStream[] {
  return [...new Set<TerminalStream>([stream, process.stdout, process.stderr])].filter(({ isTTY }) => isTTY === true);
}

/** Calls back before each write, until the watch is ended. */
function watchWrites(streams: readonly TerminalStream[], before: (text: string) => void): () => void {
  const releases = streams.map((stream) => {
    const write = stream.write;
    const watched = function (this: TerminalStream, ...args: Parameters<typeof write>): unknown {
      before(String(args[0]));
      return write.apply(stream, args);
    };
    stream.write = watched;
    return () => {
      // Somebody may have put their own over it meanwhile; that one stays.
      if (stream.write === watched) stream.write = write;
    };
  });
  return () => {
    for (const release of releases) release();
  };
}
