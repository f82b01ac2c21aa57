import { AssayError, messageOf } from '@assay/core';
import { CommanderError } from 'commander';
import type { Shell } from './shell.ts';

/** What the command line itself got wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Says on stderr what went wrong, with `--json` as `{ "error": { "code", "message" } }`.
 *
 * @returns The exit code: 2 for the command line itself, else 1.
 */
export function reportError(shell: Shell, error: unknown): 1 | 2 {
  const isUsage = error instanceof CommanderError || error instanceof UsageError;
  const code = isUsage ? 'usage' : AssayError.is(error) ? error.code : 'unexpected';
  const message = messageOf(error).replace(/^error: /, '');
  if (shell.json) shell.complain(JSON.stringify({ error: { code, message } }));
  // The parser has printed its own errors by now, with a suggestion or the usage.
  else if (!(error instanceof CommanderError)) shell.complain(textOf(error, message, code));
  return isUsage ? 2 : 1;
}

/** An error that nobody foresaw is shown with its stack, as it is a defect and has to be found. */
function textOf(error: unknown, message: string, code: string): string {
  return code === 'unexpected' && error instanceof Error && error.stack !== undefined
    ? `error: ${error.stack}`
    : `error: ${message}`;
}
