import { AssayError } from '@assay/core';

/** Where traces are sent. */
export interface CollectorOptions {
  /**
   * The server that takes OTLP over HTTP: Phoenix, Arize AX, `assay serve`, or any collector. `/v1/traces` is added where it is
   * missing. Default: `PHOENIX_COLLECTOR_ENDPOINT`, `PHOENIX_ENDPOINT` or `OTEL_EXPORTER_OTLP_ENDPOINT` of the environment, else
   * `http://localhost:6006`.
   */
  readonly endpoint?: string | undefined;
  /** Sent with every request. Default: the bearer of `PHOENIX_API_KEY`, where the environment has one. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The tracing project. Default: that of each experiment, where its store has one, else `default`. */
  readonly projectName?: string | undefined;
}

/** A settled collector. */
export interface Collector {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const locations = ['PHOENIX_COLLECTOR_ENDPOINT', 'PHOENIX_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

/** @throws AssayError `invalid-config`, with no secret in it. */
export function resolveCollector(
  { endpoint, headers }: CollectorOptions,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Collector {
  const variable = locations.find((name) => (environment[name]?.trim() ?? '') !== '');
  const found = endpoint ?? (variable === undefined ? 'http://localhost:6006' : environment[variable]!.trim());
  const key = environment['PHOENIX_API_KEY']?.trim() ?? '';
  return {
    url: tracesUrl(found, endpoint === undefined && variable !== undefined ? variable : 'endpoint'),
    headers: headers ?? (key === '' ? {} : { authorization: `Bearer ${key}` }),
  };
}

function tracesUrl(endpoint: string, source: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new AssayError(
      'invalid-config',
      `Expected ${source} to be a URL of http or https, such as http://localhost:6006, got something else`,
    );
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/v1/traces') ? path : path.endsWith('/v1') ? `${path}/traces` : `${path}/v1/traces`;
  return url.href;
}
