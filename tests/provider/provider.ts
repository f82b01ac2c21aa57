import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from './behaviour.ts';
import { type Call, CallReader } from './call-log.ts';
import { anyModel, type ServerOptions } from './server.ts';

export type * from './behaviour.ts';
export { type Call, credentialOf, type Outcome, monotonicMs } from './call-log.ts';

export interface ProviderOptions extends Omit<ServerOptions, 'log'> {
  /** Where calls are written; by default a file that goes with the provider. */
  readonly log?: string;
  /** Default: a free one. */
  readonly port?: number;
}

/** A model provider in a process of its own, which goes on when what calls it is killed. */
export interface Provider extends AsyncDisposable {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** What the SDKs of the vendors, and prompt tasks, are given as their base URL. */
  readonly baseUrls: { readonly openai: string; readonly anthropic: string; readonly google: string };
  /** Every call so far, in the order in which they came. */
  calls(): readonly Call[];
  /** Resolves with the calls as soon as they are as `condition` wants them; rejects after `timeoutMs` (default 30 s). */
  until(condition: (calls: readonly Call[]) => boolean, timeoutMs?: number): Promise<readonly Call[]>;
  /** From now on behaves so: to calls of a model, or of all that have no behaviour of their own. */
  behave(behaviour: Behaviour, model?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a provider on loopback. */
export async function startProvider({ log, ...options }: ProviderOptions = {}): Promise<Provider> {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-provider-'));
  const file = log ?? path.join(folder, 'calls.jsonl');
  const child = fork(path.join(import.meta.dirname, 'main.ts'), [JSON.stringify({ ...options, log: file })], {
    stdio: 'inherit',
    // Not the flags and hooks of a test runner's worker.
    execArgv: [],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(message as string));
    child.once('exit', (code) => reject(new Error(`The provider ended with ${code} before it listened`)));
  });
  const reader = new CallReader(file);

  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      reader.close();
    }
    rmSync(folder, { recursive: true, force: true });
  }

  return {
    url,
    baseUrls: { openai: `${url}/v1`, anthropic: `${url}/v1`, google: `${url}/v1beta` },
    calls: () => reader.calls(),
    until: async (condition, timeoutMs = 30_000) => {
      const deadline = performance.now() + timeoutMs;
      while (!condition(reader.calls())) {
        if (performance.now() > deadline)
          throw new Error(`Expected other calls within ${timeoutMs} ms, got ${reader.calls().length} calls`);
        await sleep(2);
      }
      return reader.calls();
    },
    behave: async (behaviour, model = anyModel) => {
      await fetch(`${url}/behaviour`, { method: 'POST', body: JSON.stringify({ model, behaviour }) });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
