import { messageOf } from '@assay/core';
import { fileURLToPath } from 'node:url';
import { explainMissingModule, type MissingModuleError } from './missing-module.ts';
import { shownPath } from './shown-path.ts';
import { findSyntaxError } from './syntax-error.ts';

/**
 * Says why a module could not be imported, as `FILE:LINE: why, and what to write instead`.
 *
 * @param cause - What `import()` rejected with.
 * @param file - The file that was imported; the fault may lie in one that it imports.
 */
export function explainLoadFailure(cause: unknown, file: string): string {
  const message = messageOf(cause);
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  const stack = cause instanceof Error ? (cause.stack ?? '') : '';
  const place = placeOf(stack) ?? shownPath(file);

  switch (code) {
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return `${place}: ${message.replace(/ in strip-only mode$/, '')}, as Node only strips types. ${insteadOf(message)}`;
    case 'ERR_INVALID_TYPESCRIPT_SYNTAX':
      return `${place}: ${message}`;
    case 'ERR_UNKNOWN_FILE_EXTENSION':
    case 'ERR_MODULE_NOT_FOUND':
    case 'ERR_UNSUPPORTED_DIR_IMPORT':
      return explainMissingModule(cause as MissingModuleError, file);
  }
  if (cause instanceof SyntaxError && placeOf(stack) === null) {
    const found = findSyntaxError(file);
    if (found !== null) return `${shownPath(found.file)}:${found.line}: ${explainSyntax(found.text, message)}`;
  }
  if (/does not provide an export named/.test(message)) {
    return `${place}: ${message}. If it is a type, write \`import type\``;
  }
  if (cause instanceof SyntaxError) {
    // Node itself may say where it is: the stack then begins with the place and the line.
    const line = /^\S+:\d+\n(.*)\n/.exec(stack)?.[1];
    if (line !== undefined) return `${place}: ${explainSyntax(line, `${cause.name}: ${message}`)}`;
  }
  return `${place}: ${cause instanceof Error ? `${cause.name}: ` : ''}${message}`;
}

function insteadOf(message: string): string {
  if (/enum/.test(message)) return 'Write a const object and a union of its values';
  if (/parameter property/.test(message)) return 'Write the field and its assignment out';
  if (/namespace/.test(message)) return 'Write a module';
  return 'Write it without syntax that has to be compiled';
}

function explainSyntax(line: string, message: string): string {
  return /^\s*@\w/.test(line)
    ? 'decorators are not supported, as Node only strips types. Call the function instead'
    : message;
}

const ownFolder = new URL('.', import.meta.url).href;

/** `FILE:LINE` of the user's code that an error's stack begins with: above its message, or in its first frame. */
function placeOf(stack: string): string | null {
  const head = /^(file:\/\/\S+?|\/\S+?):(\d+)\n/.exec(stack);
  const [, file, line] = head ?? /\(?(file:\/\/[^\s)]+?):(\d+):\d+\)?$/m.exec(stack) ?? [];
  if (file === undefined || file.startsWith(ownFolder)) return null;
  return `${shownPath(file.startsWith('file:') ? fileURLToPath(file) : file)}:${line}`;
}
