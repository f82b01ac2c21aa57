import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { Failure } from './failure.ts';

export interface SecurityOptions {
  /** Asked for as `Authorization: Bearer …`, everywhere but health and version. */
  readonly apiKey: string | undefined;
  /** Names by which the server may be called, beside `localhost` and addresses. */
  readonly hosts: readonly string[];
}

const open = new Set(['/healthz', '/readyz', '/arize_phoenix_version']);

/**
 * Decides who may ask.
 *
 * @returns A function that throws a Failure: 401 without the key, 403 for a page of another site.
 */
export function createGuard({ apiKey, hosts }: SecurityOptions): (request: Request) => void {
  const digest = apiKey === undefined ? null : digestOf(apiKey);
  const known = new Set(['localhost', ...hosts.map((host) => host.toLowerCase())]);

  return (request) => {
    const url = new URL(request.url);
    const host = request.headers.get('host') ?? url.host;
    if (!isKnown(hostname(host), known))
      throw new Failure(403, `This server does not go by the name ${JSON.stringify(host)}`);
    const origin = request.headers.get('origin');
    if (origin !== null && !isSafe(request.method) && hostOf(origin) !== host.toLowerCase())
      throw new Failure(403, 'Pages of other sites may not write to this server');
    if (digest !== null && !open.has(url.pathname) && !timingSafeEqual(digestOf(tokenOf(request)), digest))
      throw new Failure(401, 'Missing or wrong API key');
  };
}

/**
 * A page that has bound its own name to our address sends that name. An address in its place cannot be bound, so that it
 * is harmless.
 */
function isKnown(name: string, known: ReadonlySet<string>): boolean {
  return known.has(name) || name.endsWith('.localhost') || isIP(name) !== 0;
}

function hostname(host: string): string {
  const name = /^\[(.*)\](:\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, '');
  return name.toLowerCase();
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return null;
  }
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function tokenOf(request: Request): string {
  return /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]?.trim() ?? '';
}

/** Digests have one length, which comparing in constant time needs. */
function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
