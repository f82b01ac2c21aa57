import { Failure } from './failure.ts';

/** The largest body that is taken, in bytes. */
export const bodyLimit = 64 * 1024 * 1024;

/** Deeper JSON would overflow the stack of whoever writes it again. */
const deepest = 500;

/** What may be a number that is too large for JavaScript, to which it would be Infinity. */
const mayOverflow = /\d[eE]\+?\d{3}|\d{200}/;

/** Up to this many bytes a body is taken at once: a stream of it would cost more than all else about a small request. */
const smallBody = 64 * 1024;

/**
 * The whole body.
 *
 * @throws Failure 413 when it is larger than the limit, also when it does not say so beforehand; 400 when it is cut off.
 */
export async function readBytes(request: Request, most = bodyLimit): Promise<Uint8Array> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (length > most) throw tooLarge(most);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    if (length <= smallBody) return new Uint8Array(await request.arrayBuffer());
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      if (size > most) throw tooLarge(most);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    // Whoever sent it has left or was cut off: nobody reads this answer, and it is no fault of ours in the log.
    throw new Failure(400, 'Expected the whole body, got a part of it');
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** The body as JSON. @throws Failure 422 when it is none, 415 when it says that it is something else. */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== '' && type !== 'application/json' && !type.endsWith('+json'))
    throw new Failure(415, `Expected content-type to be application/json, got ${type}`);
  return parseJson(decodeText(await readBytes(request), 'body'), ['body']);
}

/**
 * Reads JSON as it comes from outside.
 *
 * @param loc - Where it stands in the request, for the error.
 * @throws Failure 422 for what is no JSON (NaN and Infinity among it), nested too deeply, or has a number that is too large:
 * it would be kept as null.
 */
export function parseJson(source: string, loc: readonly (string | number)[]): unknown {
  const depth = depthOf(source);
  if (depth > deepest) throw invalid('json_invalid', loc, `Expected JSON of at most ${deepest} levels, got ${depth}`);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw invalid('json_invalid', loc, `JSON decode error: ${cause instanceof Error ? cause.message : 'not JSON'}`);
  }
  if (mayOverflow.test(source) && hasOverflown(value))
    throw invalid('json_invalid', loc, 'Expected numbers of at most 1.7976931348623157e308, got a larger one');
  return value;
}

function hasOverflown(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasOverflown);
}

/** @throws Failure 422 when it is not UTF-8. */
export function decodeText(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('encoding', [what], 'Expected text in UTF-8');
  }
}

export function invalid(type: string, loc: readonly (string | number)[], msg: string): Failure {
  return new Failure(422, msg, [{ type, loc, msg }]);
}

function tooLarge(most: number): Failure {
  return new Failure(413, `Expected a body of at most ${most} bytes`);
}

/** How deeply brackets are nested outside of strings. */
function depthOf(source: string): number {
  let depth = 0;
  let deepestSeen = 0;
  let isInString = false;
  for (let at = 0; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (isInString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isInString = false;
    } else if (code === 0x22) isInString = true;
    else if (code === 0x5b || code === 0x7b) deepestSeen = Math.max(deepestSeen, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepestSeen;
}
