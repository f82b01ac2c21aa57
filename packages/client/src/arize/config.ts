import { AssayError, needObject } from '@assay/core';
import { checkHeaders } from '../config.ts';

/** Where Arize AX is and how to be let in. What is left out is read from the environment. */
export interface ArizeOptions {
  /** Else `ARIZE_API_KEY`. */
  readonly apiKey?: string | undefined;
  /** The id or the name of the space to look in, else `ARIZE_SPACE`. */
  readonly space?: string | undefined;
  /** Such as `eu-west-1a`, else `ARIZE_REGION`. */
  readonly region?: string | undefined;
  /** The address of an installation of one's own, in place of a region, such as `https://api.arize.example.com`. */
  readonly endpoint?: string | undefined;
  /** Milliseconds to wait for an answer to begin, and for each further part of it. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Tries after the first, of requests that are safe to repeat. Default 3. */
  readonly retries?: number | undefined;
}

export interface ArizeConfig {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly space: string | null;
}

const regions: readonly string[] = ['ca-central-1a', 'eu-west-1a', 'us-central-1a', 'us-east-1b'];

/**
 * Settles the connection: an option beats its variable. Of the ways to name the server only one may be used.
 *
 * @throws AssayError `invalid-config`, `unauthorized` without a key.
 */
export function resolveArizeConfig(
  options: ArizeOptions = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ArizeConfig {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  needObject('the options of the client as an object', options, 'invalid-config');
  const key = options.apiKey?.trim() || value('ARIZE_API_KEY');
  if (key === undefined)
    throw new AssayError('unauthorized', 'Expected a key for Arize AX, got none: pass apiKey or set ARIZE_API_KEY');
  const headers = { authorization: `Bearer ${key}` };
  checkHeaders(headers);
  return {
    endpoint: endpointOf(options, value),
    headers,
    space: options.space?.trim() || value('ARIZE_SPACE') || null,
  };
}

function endpointOf(options: ArizeOptions, value: (name: string) => string | undefined): string {
  if (options.endpoint !== undefined && options.region !== undefined) throw tooMany(['endpoint', 'region']);
  if (options.endpoint !== undefined) return options.endpoint;
  if (options.region !== undefined) return ofRegion(options.region);

  const ways = ['ARIZE_BASE_URL', 'ARIZE_REGION', 'ARIZE_SINGLE_HOST', 'ARIZE_BASE_DOMAIN', 'ARIZE_API_HOST'].filter(
    (name) => value(name) !== undefined,
  );
  if (ways.length > 1) throw tooMany(ways);
  const [way] = ways;
  const host = way === undefined ? undefined : value(way);
  const scheme = value('ARIZE_API_SCHEME') ?? 'https';
  if (way === undefined || host === undefined) return 'https://api.arize.com';
  if (way === 'ARIZE_BASE_URL') return host;
  if (way === 'ARIZE_REGION') return ofRegion(host);
  if (way === 'ARIZE_BASE_DOMAIN') return `${scheme}://api.${host}`;
  const port = value(way === 'ARIZE_SINGLE_HOST' ? 'ARIZE_SINGLE_PORT' : 'ARIZE_API_PORT');
  return `${scheme}://${host}${port === undefined ? '' : `:${port}`}`;
}

function ofRegion(region: string): string {
  if (!regions.includes(region))
    throw new AssayError(
      'invalid-config',
      `Expected region to be one of ${regions.join(', ')}, got ${JSON.stringify(region)}`,
    );
  return `https://api.${region}.arize.com`;
}

function tooMany(ways: readonly string[]): AssayError {
  return new AssayError('invalid-config', `Expected one way to name the server, got ${ways.join(' and ')}`);
}
