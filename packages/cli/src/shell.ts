import { Interruption } from './interruption.ts';
import { wantsColor } from './terminal-stream.ts';

/**
 * What a command has of the shell it runs in: where it prints, whether to people or to programs, and when it is asked to
 * stop.
 */
export class Shell {
  /** One JSON document on stdout, and nothing else there. */
  readonly json: boolean;
  /** Nothing but what was asked for: no progress, no remarks. */
  readonly quiet: boolean;
  readonly color: boolean;
  readonly interruption = new Interruption();
  /** What the process ends with when nothing is thrown. */
  exitCode = 0;
  readonly #writeOut: typeof process.stdout.write;

  constructor(args: readonly string[]) {
    const end = args.indexOf('--');
    const flags = new Set(end === -1 ? args : args.slice(0, end));
    this.json = flags.has('--json');
    this.quiet = flags.has('--quiet');
    this.color = wantsColor(process.stdout);
    this.#writeOut = process.stdout.write.bind(process.stdout);
    process.stdout.on('error', ignoreClosedPipe);
    process.stderr.on('error', ignoreClosedPipe);
    // What a task prints by console.log would spoil the document. Looked up at each write, as the progress line watches stderr.
    if (this.json)
      process.stdout.write = ((...args: Parameters<typeof process.stderr.write>) =>
        process.stderr.write(...args)) as typeof process.stdout.write;
  }

  /** Prints text for people on stdout; nothing with `--json`. */
  print(text: string): void {
    if (!this.json) this.#writeOut(`${text}\n`);
  }

  /** Prints what `--help` and `--version` ask for, which is text even with `--json`. */
  printHelp(text: string): void {
    this.#writeOut(text);
  }

  /** Prints the one document of `--json`. To be called once. */
  printDocument(value: unknown): void {
    this.#writeOut(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Prints an error or a warning on stderr. */
  complain(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Prints a remark on stderr, unless only a program listens. */
  remark(text: string): void {
    if (!this.quiet && !this.json) process.stderr.write(`${text}\n`);
  }

  /** Resolves when everything printed has left the process. */
  async flush(): Promise<void> {
    await Promise.all([
      new Promise<void>((resolve) => this.#writeOut('', () => resolve())),
      new Promise<void>((resolve) => process.stderr.write('', () => resolve())),
    ]);
  }
}

/** `assay runs … | head` closes the pipe early, which is no error. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
