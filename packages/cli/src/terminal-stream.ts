import { stripVTControlCharacters } from 'node:util';

/** A stream that may be a terminal, such as `process.stderr`. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  /** How many characters fit in a line. Default 80. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

/** Whether lines can be redrawn there. A terminal that calls itself dumb has no cursor to move. */
export function canRedraw(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Whether colours are wanted there: a terminal, and no `NO_COLOR` with anything in it (no-color.org). */
export function wantsColor(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return canRedraw(stream, env) && !env['NO_COLOR'];
}

/**
 * Text that cannot steer the terminal: escape sequences go, and control characters and those that turn the direction of
 * writing become spaces. What models and providers answer ends up in messages, and could rewrite the screen.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
}
