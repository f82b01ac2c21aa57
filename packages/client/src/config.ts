import { AssayError, needObject } from '@assay/core';
import { type EnvFile, readEnvFile } from './env-file.ts';

/** Where Phoenix is and how to be let in. What is left out is read from the environment, then from `.env.phoenix`. */
export interface PhoenixOptions {
  /** Such as `http://localhost:6006`. */
  readonly endpoint?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Sent with every request. They win over `apiKey`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds to wait for an answer to begin, and for each further part of it. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Tries after the first, of requests that are safe to repeat. Default 3. */
  readonly retries?: number | undefined;
  /** Connections open at once, at most. Default 64. */
  readonly connections?: number | undefined;
}

/** A settled connection. */
export interface PhoenixConfig {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

type Values = Readonly<Record<string, string | undefined>>;

const locationKeys = [
  'PHOENIX_ENDPOINT',
  'PHOENIX_COLLECTOR_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'PHOENIX_BASE_URL',
  'PHOENIX_HOST',
] as const;
/** `PHOENIX_BASE_URL` was never read by the official clients for years, so a stale one must not hide a file that names the server. */
const claimingKeys = [
  'PHOENIX_ENDPOINT',
  'PHOENIX_COLLECTOR_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'PHOENIX_HOST',
  'PHOENIX_PORT',
] as const;
const credentialKeys = ['PHOENIX_API_KEY', 'PHOENIX_CLIENT_HEADERS'] as const;

/**
 * Settles the connection as the official clients do. An option beats the environment, which beats `.env.phoenix`, which
 * beats the default; an empty variable counts as unset; the variables of one group are never mixed from two sources.
 *
 * @throws AssayError `invalid-config`.
 */
export function resolveConfig(
  options: PhoenixOptions = {},
  environment: Values = process.env,
  directory: string = process.cwd(),
): PhoenixConfig {
  needObject('the options of the client as an object', options, 'invalid-config');
  const file = readEnvFile(directory, environment);
  const warnings = [...file.warnings];
  const credentials = credentialsOf(environment, file);
  const location =
    options.endpoint === undefined
      ? locationOf(environment, file, warnings)
      : { endpoint: options.endpoint.trim(), isFromFile: false };
  const key = options.apiKey?.trim() || credentials.values['PHOENIX_API_KEY'];
  const ofEnvironment = readHeaders(credentials.values['PHOENIX_CLIENT_HEADERS'], warnings);
  const given = { ...ofEnvironment, ...lowerKeys(options.headers ?? {}) };
  const headers = { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...given };
  // An own key of the caller beats a header of the environment.
  if (options.apiKey?.trim() && !('authorization' in lowerKeys(options.headers ?? {})))
    headers['authorization'] = `Bearer ${options.apiKey.trim()}`;
  checkHeaders(headers);
  const isOwnKey = options.apiKey !== undefined || options.headers !== undefined || !credentials.isFromFile;
  const leaks = location.isFromFile && isOwnKey && Object.keys(headers).length > 0;
  if (leaks) warnings.push(`Credentials that do not come from ${file.path} will be sent to the endpoint that it names`);
  return { endpoint: location.endpoint, headers, warnings };
}

function locationOf(
  environment: Values,
  file: EnvFile,
  warnings: string[],
): { readonly endpoint: string; readonly isFromFile: boolean } {
  const own = present(environment, [...locationKeys, 'PHOENIX_PORT']);
  const found = present(file.values, [...locationKeys, 'PHOENIX_PORT']);
  const claims = (values: Values): boolean => claimingKeys.some((key) => values[key] !== undefined);
  const isFromFile = !claims(own) && (claims(found) || Object.keys(own).length === 0);
  const values = isFromFile ? found : own;
  // What the process merely implies by another variable gives way to a file that names the endpoint.
  const named = found['PHOENIX_ENDPOINT'];
  if (values['PHOENIX_ENDPOINT'] === undefined && named !== undefined) return { endpoint: named, isFromFile: true };
  for (const key of locationKeys) {
    const endpoint = values[key] === undefined ? null : endpointOf(key, values[key], values['PHOENIX_PORT']);
    if (endpoint !== null && URL.canParse(endpoint)) return { endpoint, isFromFile };
    if (endpoint !== null) warnings.push(`Ignoring ${key}, which is no URL`);
  }
  return { endpoint: `http://localhost:${portOf(values['PHOENIX_PORT'])}`, isFromFile };
}

function endpointOf(key: (typeof locationKeys)[number], value: string, port: string | undefined): string {
  if (key === 'PHOENIX_COLLECTOR_ENDPOINT' || key === 'OTEL_EXPORTER_OTLP_ENDPOINT')
    return value.replace(/\/+v1\/traces\/?(?=$|[?#])/, '');
  if (key !== 'PHOENIX_HOST' || /^https?:\/\//i.test(value)) return value;
  const host = value === '0.0.0.0' ? '127.0.0.1' : value;
  return host.includes(':') ? `http://${host}` : `http://${host}:${portOf(port)}`;
}

function portOf(port: string | undefined): string {
  if (port === undefined) return '6006';
  if (!/^\d{1,5}$/.test(port))
    throw new AssayError('invalid-config', `Expected PHOENIX_PORT to be a number, got ${JSON.stringify(port)}`);
  return port;
}

function credentialsOf(environment: Values, file: EnvFile): { readonly values: Values; readonly isFromFile: boolean } {
  const own = present(environment, credentialKeys);
  return Object.keys(own).length > 0
    ? { values: own, isFromFile: false }
    : { values: present(file.values, credentialKeys), isFromFile: true };
}

/**
 * Headers as JSON, as the TypeScript client writes them, or as `name=value,…` with percent-encoding, as the Python client
 * does. Anything else is passed over, as they do, but not in silence.
 */
function readHeaders(text: string | undefined, warnings: string[]): Record<string, string> {
  if (text === undefined) return {};
  try {
    const parsed: unknown = text.startsWith('{')
      ? JSON.parse(text)
      : Object.fromEntries(
          text
            .split(',')
            .filter((pair) => pair.trim() !== '')
            .map(readPair),
        );
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      Object.values(parsed).every((value) => typeof value === 'string')
    ) {
      return lowerKeys(parsed as Record<string, string>);
    }
  } catch {
    // The value may hold a key, so that what the parser says of it is not told.
  }
  warnings.push(
    'Ignoring PHOENIX_CLIENT_HEADERS: expected a JSON object of texts, or name=value pairs with commas between',
  );
  return {};
}

function readPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new TypeError('no pair');
  return [decodeURIComponent(pair.slice(0, at).trim()), decodeURIComponent(pair.slice(at + 1).trim())];
}

/** @throws AssayError `invalid-config`, which names the header and not its value. */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      throw new AssayError('invalid-config', `Expected the name of a header, got ${JSON.stringify(name)}`);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new AssayError(
        'invalid-config',
        `Expected the header ${name} to be one line of plain characters. Was the key copied whole, and without a line break?`,
      );
    }
  }
}

function lowerKeys(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function present(values: Values, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    keys.flatMap((key) => ((values[key]?.trim() ?? '') === '' ? [] : [[key, values[key]!.trim()]])),
  );
}
