import { messageOf } from '@assay/core';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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
  const place = placeOf(stack) ?? shown(file);

  switch (code) {
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return `${place}: ${message.replace(/ in strip-only mode$/, '')}, as Node only strips types. ${insteadOf(message)}`;
    case 'ERR_INVALID_TYPESCRIPT_SYNTAX':
      return `${place}: ${message}`;
    case 'ERR_UNKNOWN_FILE_EXTENSION':
    case 'ERR_MODULE_NOT_FOUND':
    case 'ERR_UNSUPPORTED_DIR_IMPORT':
      return explainMissingModule(cause as Error & { readonly url?: string }, file);
  }
  if (cause instanceof SyntaxError && placeOf(stack) === null) {
    const found = findSyntaxError(file);
    if (found !== null) return `${shown(found.file)}:${found.line}: ${explainSyntax(found.text, message)}`;
  }
  if (/does not provide an export named/.test(message)) {
    return `${place}: ${message}. If it is a type, write \`import type\``;
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
    ? `decorators are not supported, as Node only strips types. Call the function instead`
    : message;
}

/** Where the module was asked for, what it may have meant, and how to get it. */
function explainMissingModule(error: Error & { readonly url?: string }, file: string): string {
  const importer = importerOf(error.message) ?? file;
  const missing = /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined && !missing.startsWith('/')) {
    return `${placeOfImport(importer, (specifier) => specifier === missing || specifier.startsWith(`${missing}/`))}: the package ${missing} is not installed. Install it with your package manager`;
  }
  const target =
    error.url?.startsWith('file:') === true
      ? fileURLToPath(error.url)
      : /(?:module|import|for) '?(\/[^']*?)'?(?: |$)/.exec(error.message)?.[1];
  const sits = (specifier: string): boolean =>
    target !== undefined &&
    specifier.startsWith('.') &&
    fileURLToPath(new URL(specifier, pathToFileURL(importer))) === target;
  const found =
    target === undefined
      ? undefined
      : [
          ...['.ts', '.mts', '.js', '.mjs', '.cts'].map((extension) => target + extension),
          `${target}/index.ts`,
          `${target}/index.js`,
          target.replace(/\.js$/, '.ts'),
        ].find((path) => path !== target && existsSync(path));
  const place = placeOfImport(importer, sits);
  if (found !== undefined)
    return `${place}: imports need the file's extension. Write '${asSpecifier(importer, found)}'`;
  return extname(target ?? '') === '.tsx' || extname(target ?? '') === '.jsx'
    ? `${place}: Node cannot run ${extname(target!)} files. Move what is imported to a .ts file`
    : `${place}: there is no file ${target ?? error.message}`;
}

function importerOf(message: string): string | undefined {
  const importer = /imported from (.+)$/.exec(message)?.[1];
  if (importer === undefined) return undefined;
  return importer.startsWith('file:') ? fileURLToPath(importer) : importer;
}

function asSpecifier(importer: string, path: string): string {
  const specifier = relative(dirname(importer), path);
  return specifier.startsWith('.') ? specifier : `./${specifier}`;
}

/** The file, with the line of the import where it can be found. */
function placeOfImport(importer: string, matches: (specifier: string) => boolean): string {
  const lines = existsSync(importer) ? readFileSync(importer, 'utf8').split('\n') : [];
  const index = lines.findIndex((line) =>
    [...line.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].some(([, specifier]) => matches(specifier!)),
  );
  return index === -1 ? shown(importer) : `${shown(importer)}:${index + 1}`;
}

const ownFolder = new URL('.', import.meta.url).href;

/** `FILE:LINE` of the user's code that an error's stack begins with: above its message, or in its first frame. */
function placeOf(stack: string): string | null {
  const head = /^(file:\/\/\S+?|\/\S+?):(\d+)\n/.exec(stack);
  const frame = head ?? /\(?(file:\/\/[^\s)]+?):(\d+):\d+\)?$/m.exec(stack);
  if (frame === null || frame[1]!.startsWith(ownFolder)) return null;
  return `${shown(frame[1]!.startsWith('file:') ? fileURLToPath(frame[1]!) : frame[1]!)}:${frame[2]}`;
}

/** The path as people would type it. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
}
