import type { Catalog } from '@assay/core';
import { type PhoenixOptions, resolveConfig } from '../config.ts';
import { createTransport, type Transport } from '../transport.ts';
import { createDatasetsOf } from './client-datasets.ts';
import { createExperimentsOf } from './client-experiments.ts';
import { createJobsOf } from './client-jobs.ts';
import { createPhoenixParts, phoenixStoreOf } from './store.ts';

/** A Phoenix server, or an Assay server, which speaks the same. */
export interface PhoenixClient {
  readonly datasets: ReturnType<typeof createDatasetsOf>;
  readonly experiments: ReturnType<typeof createExperimentsOf>;
  readonly jobs: ReturnType<typeof createJobsOf>;
  /** The server as a store: for `runExperiment`, `syncExperiment`, frames and the shell. */
  readonly store: Catalog;
  /** What the server last said that it is, such as `20.26.1`; `null` before the first answer. */
  serverVersion(): string | null;
  /** Closes the connections, after the requests in hand. A process ends without it, too. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Connects to Phoenix. What is left out is read from the environment and from `.env.phoenix`, as the official clients
 * read it. Nothing is sent before the first call.
 *
 * Requests that are safe to repeat are tried again on 429, 502 to 504 and broken connections; `Retry-After` is obeyed.
 *
 * @throws AssayError `invalid-config`. Calls reject with an `AssayError`; no message holds a key.
 *
 * @example
 * ```ts
 * import { createPhoenixClient } from '@assay/client';
 *
 * const client = createPhoenixClient({ endpoint: 'http://localhost:6006' });
 * const { summary } = await client.experiments.run({
 *   dataset: { name: 'capitals' },
 *   task: async ({ input }) => `The capital of ${String(input)}`,
 *   evaluators: { exact: ({ output, expected }) => output === expected },
 * });
 * ```
 */
export function createPhoenixClient(options: PhoenixOptions = {}): PhoenixClient {
  const transport = createPhoenixTransport(options);
  const parts = createPhoenixParts(transport);
  const store = phoenixStoreOf(parts);
  return {
    datasets: createDatasetsOf(parts),
    experiments: createExperimentsOf(parts, store),
    jobs: createJobsOf(transport, parts),
    store,
    serverVersion: transport.serverVersion,
    close: transport.close,
    [Symbol.asyncDispose]: transport.close,
  };
}

/** A store on a server: closing it closes the connections, after the requests in hand. */
export interface PhoenixStore extends Catalog {
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A Phoenix server as a store: `createPhoenixClient(options).store`, for those who need nothing else.
 *
 * Phoenix has no place for the attempts, the waiting and the usage of a task run, and when a success and a failure of
 * one run are saved at the same moment, the later one stands.
 *
 * @throws AssayError `invalid-config`.
 *
 * @example
 * ```ts
 * import { createPhoenixStore } from '@assay/client';
 *
 * const store = createPhoenixStore({ endpoint: 'http://localhost:6006' });
 * ```
 */
export function createPhoenixStore(options: PhoenixOptions = {}): PhoenixStore {
  const transport = createPhoenixTransport(options);
  const store = phoenixStoreOf(createPhoenixParts(transport));
  return { ...store, close: transport.close, [Symbol.asyncDispose]: transport.close };
}

function createPhoenixTransport(options: PhoenixOptions): Transport {
  const { endpoint, headers, warnings } = resolveConfig(options);
  for (const warning of warnings) process.emitWarning(warning, 'AssayWarning');
  return createTransport({
    endpoint,
    headers,
    hints: { key: 'apiKey, or set PHOENIX_API_KEY', endpoint: 'endpoint or PHOENIX_ENDPOINT' },
    timeoutMs: options.timeoutMs,
    connections: options.connections,
    retry: options.retries === undefined ? {} : { retries: options.retries },
  });
}
