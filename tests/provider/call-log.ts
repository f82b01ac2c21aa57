import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, openSync, readSync, writeSync } from 'node:fs';

/** How a call ended. `hung up`: the caller closed the connection before it had the answer. */
export type Outcome = 'answered' | 'refused' | 'failed' | 'stalled' | 'cut' | 'reset' | 'hung up';

/** What the provider knows of a call when it comes. */
export interface CallStart {
  /** Counts from 1, in the order in which calls came. */
  readonly id: number;
  /** By the machine's monotonic clock (`monotonicMs`), which every process reads alike. */
  readonly atMs: number;
  /** By the wall clock. */
  readonly epochMs: number;
  readonly api: string;
  readonly model: string;
  /** Tells credentials apart without showing them: `credentialOf` the key. */
  readonly credential: string;
  /** The text of the last user message, or what is to be embedded. */
  readonly prompt: string;
  /** How often this model was asked with this prompt, this call included: 1 for the first. */
  readonly nth: number;
  /** How many calls were open when this one came, itself included. */
  readonly open: number;
  /** What was sent; only with `bodies: true`. */
  readonly body?: unknown;
}

/** One call. `outcome`, `status` and `endedAtMs` are `null` while it is open. */
export interface Call extends CallStart {
  readonly outcome: Outcome | null;
  readonly status: number | null;
  readonly endedAtMs: number | null;
}

/** The machine's monotonic clock in milliseconds: the same for all processes, and no step of the wall clock moves it. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What stands in the log for a key. */
export function credentialOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

/** Writes calls to a file, one JSON document a line: one when a call comes and one when it ends. */
export class CallWriter {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  began(call: CallStart): void {
    this.#write(call);
  }

  ended(id: number, outcome: Outcome, status: number | null): void {
    this.#write({ id, outcome, status, endedAtMs: monotonicMs() });
  }

  // Before the answer goes out, the line is with the operating system: a kill of this process loses none.
  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** Reads what a `CallWriter` wrote, each time only what is new. */
export class CallReader {
  readonly #file: number;
  readonly #calls: Call[] = [];
  #position = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    appendFileSync(path, '');
    this.#file = openSync(path, 'r');
  }

  /** All calls so far, in the order in which they came. */
  calls(): readonly Call[] {
    const chunk = Buffer.alloc(2 ** 18);
    for (;;) {
      const length = readSync(this.#file, chunk, 0, chunk.length, this.#position);
      if (length === 0) return this.#calls;
      this.#position += length;
      const bytes = Buffer.concat([this.#rest, chunk.subarray(0, length)]);
      const end = bytes.lastIndexOf(10) + 1;
      this.#rest = bytes.subarray(end);
      for (const line of bytes.toString('utf8', 0, end).split('\n')) if (line !== '') this.#read(line);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(line: string): void {
    const entry = JSON.parse(line) as CallStart | Pick<Call, 'id' | 'outcome' | 'status' | 'endedAtMs'>;
    const index = entry.id - 1;
    this.#calls[index] =
      'outcome' in entry
        ? { ...this.#calls[index]!, ...entry }
        : { ...entry, outcome: null, status: null, endedAtMs: null };
  }
}
