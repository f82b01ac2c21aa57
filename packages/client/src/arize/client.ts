import { createTransport } from '../transport.ts';
import { type ArizeOptions, resolveArizeConfig } from './config.ts';
import { createArizeDatasets } from './datasets.ts';
import { createArizeExperiments } from './experiments.ts';
import { createResolve } from './resolve.ts';

/** Arize AX, by its REST API v2. */
export interface ArizeClient {
  readonly datasets: Omit<ReturnType<typeof createArizeDatasets>, 'examplesRoute'>;
  readonly experiments: ReturnType<typeof createArizeExperiments>;
  /** Closes the connections, after the requests in hand. A process ends without it, too. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Connects to Arize AX. Nothing is sent before the first call.
 *
 * It is written from the documentation of the API, and tested against a server written from the same: AX itself was not
 * reached.
 *
 * @throws AssayError `unauthorized` without a key, `invalid-config`. Calls reject with an `AssayError`; no message holds a key.
 *
 * @example
 * ```ts
 * import { createArizeClient } from '@assay/client';
 *
 * const client = createArizeClient({ apiKey: 'key', space: 'my-space' });
 * const ran = await client.experiments.run({
 *   name: 'baseline',
 *   dataset: 'capitals',
 *   task: async ({ input }) => `The capital of ${String(input['country'])}`,
 *   evaluators: { exact: ({ output, expected }) => output === expected },
 * });
 * ```
 */
export function createArizeClient(options: ArizeOptions = {}): ArizeClient {
  const { endpoint, headers, space } = resolveArizeConfig(options);
  const transport = createTransport({
    endpoint,
    headers,
    hints: { key: 'apiKey, or set ARIZE_API_KEY', endpoint: 'region or endpoint' },
    timeoutMs: options.timeoutMs,
    retry: options.retries === undefined ? {} : { retries: options.retries },
  });
  const resolve = createResolve(transport, space);
  const datasets = createArizeDatasets(transport, resolve);
  return {
    datasets,
    experiments: createArizeExperiments(transport, resolve, datasets),
    close: transport.close,
    [Symbol.asyncDispose]: transport.close,
  };
}
