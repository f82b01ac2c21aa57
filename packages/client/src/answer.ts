import { AssayError } from '@assay/core';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { adviceFor, codeOfStatus, HttpError } from './http-error.ts';
import { retryAfterOf } from './retry.ts';

interface Hints {
  readonly key: string;
  readonly endpoint: string;
}

/** The error for an answer that is no success, in the server's own words where it has any. */
export function refusal(
  what: string,
  answer: Dispatcher.ResponseData,
  body: string,
  {
    origin,
    hints,
    redact,
    attempts,
  }: {
    readonly origin: string;
    readonly hints: Hints;
    readonly redact: (text: string) => string;
    readonly attempts: number;
  },
): HttpError {
  const { statusCode: status, headers } = answer;
  const wait = retryAfterOf(headers['retry-after'], Date.now());
  const said = isHtml(answer, body)
    ? 'a page of HTML, so a proxy may have answered, or a server without this route'
    : redact(wordsOf(body));
  const location = textOf(headers['location']);
  const target =
    location === undefined || !URL.canParse(location, origin) ? '' : ` to ${new URL(location, origin).origin}`;
  const parts = [`Could not ${what}: ${origin} answered ${status}${target}`, said === '' ? '' : `: ${said}`];
  const advice = adviceFor(status, hints);
  const code = status === 404 && isHtml(answer, body) ? 'unsupported' : codeOfStatus(status);
  return new HttpError(code, `${parts.join('')}${advice === '' ? '' : `${/[.!?]$/.test(said) ? '' : '.'} ${advice}`}`, {
    status,
    retryAfterMs: wait,
    attempts,
  });
}

/** The JSON of an answer. @throws AssayError `unsupported` when it is a page, or cut off. */
export function readJson(
  text: string,
  what: string,
  answer: Dispatcher.ResponseData,
  origin: string,
  hints: Hints,
): unknown {
  if (isHtml(answer, text)) {
    throw new AssayError(
      'unsupported',
      `Could not ${what}: ${origin} answered with a page of HTML. Either it has no such route, as an older server, or a proxy answered: check ${hints.endpoint}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    // Python writes NaN and Infinity, which are no JSON. A score that is not a number is none.
    const legal = text.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, (token) =>
      token.startsWith('"') ? token : 'null',
    );
    try {
      return JSON.parse(legal);
    } catch (cause) {
      throw new AssayError(
        'unsupported',
        `Could not ${what}: what ${origin} answered is no JSON. Is it the server that ${hints.endpoint} should name?`,
        { cause },
      );
    }
  }
}

/** The part of an answer that we know. @throws AssayError `unsupported` that names what is missing or of another type. */
export function readShape<Schema extends z.ZodType>(
  value: unknown,
  shape: Schema,
  what: string,
  version: string | null,
): z.output<Schema> {
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  const issues = read.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.length === 0 ? 'the answer' : z.core.toDotPath(path)}: ${message}`);
  throw new AssayError(
    'unsupported',
    `Could not ${what}: the server${version === null ? '' : `, version ${version},`} answered in a form that this client does not know: ${issues.join('; ')}. One of the two may be too old`,
  );
}

/** What the server says in the body of an error: JSON of several kinds, or plain text. At most 500 characters. */
function wordsOf(body: string): string {
  const text = body.trim();
  try {
    return shorten(wordsIn(JSON.parse(text)) ?? text);
  } catch {
    return shorten(text);
  }
}

function wordsIn(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value))
    return (
      value
        .map(issueOf)
        .filter((words) => words !== null)
        .join('; ') || null
    );
  const { detail, message, title, error } = value as Readonly<Record<string, unknown>>;
  return wordsIn(detail) ?? wordsIn(message) ?? wordsIn(error) ?? wordsIn(title);
}

/** One issue of a validation error: where, and what. */
function issueOf(issue: unknown): string | null {
  if (typeof issue !== 'object' || issue === null || !('msg' in issue)) return wordsIn(issue);
  const where = 'loc' in issue && Array.isArray(issue.loc) ? `${issue.loc.join('.')}: ` : '';
  return `${where}${String(issue.msg)}`;
}

function shorten(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
}

function isHtml({ headers }: Dispatcher.ResponseData, body: string): boolean {
  return (textOf(headers['content-type']) ?? '').includes('text/html') || /^\s*<(!doctype|html)/i.test(body);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
