import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { shownPath } from './shown-path.ts';

/** What `import()` rejects with when a module is not there. Node puts most of it in the message only. */
export type MissingModuleError = Error & { readonly url?: string };

/**
 * Says where a module was asked for, and what was meant or how to get it.
 *
 * @param file - The file that was imported first, for when the message does not name the one that asked.
 */
export function explainMissingModule({ message, url }: MissingModuleError, file: string): string {
  const importer = pathOf(/imported from (.+)$/.exec(message)?.[1] ?? file);
  const missing = /^Cannot find package '([^'/][^']*)'/.exec(message)?.[1];
  if (missing !== undefined) {
    const place = placeOfImport(importer, (specifier) => specifier === missing || specifier.startsWith(`${missing}/`));
    return `${place}: the package ${missing} is not installed. Install it with your package manager`;
  }
  const target = pathOf(url ?? /(?:module|import|for) '?(\/[^']*?)'?(?: |$)/.exec(message)?.[1] ?? message);
  const place = placeOfImport(
    importer,
    (specifier) => specifier.startsWith('.') && resolved(specifier, importer) === target,
  );
  const meant = filesMeantBy(target).find((path) => existsSync(path));
  if (meant !== undefined)
    return `${place}: imports need the file's extension. Write '${specifierOf(meant, importer)}'`;
  if (/\.[jt]sx$/.test(target))
    return `${place}: Node cannot run ${extname(target)} files. Move what is imported to a .ts file`;
  return `${place}: there is no file ${target}`;
}

/** What other tools would have taken it for. */
function filesMeantBy(target: string): readonly string[] {
  return [
    ...['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'].map((end) => target + end),
    ...(target.endsWith('.js') ? [target.replace(/\.js$/, '.ts')] : []),
  ];
}

/** The file, with the line of the import where it can be found. */
function placeOfImport(importer: string, isMeant: (specifier: string) => boolean): string {
  const lines = existsSync(importer) ? readFileSync(importer, 'utf8').split('\n') : [];
  const index = lines.findIndex((line) => specifiersIn(line).some(isMeant));
  return index === -1 ? shownPath(importer) : `${shownPath(importer)}:${index + 1}`;
}

/** What a piece of source imports, as it is written there. */
export function specifiersIn(source: string): readonly string[] {
  return [...source.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, specifier]) => specifier!);
}

function resolved(specifier: string, importer: string): string {
  return fileURLToPath(new URL(specifier, pathToFileURL(importer)));
}

function specifierOf(path: string, importer: string): string {
  const specifier = relative(dirname(importer), path);
  return specifier.startsWith('.') ? specifier : `./${specifier}`;
}

function pathOf(pathOrUrl: string): string {
  return pathOrUrl.startsWith('file:') ? fileURLToPath(pathOrUrl) : pathOrUrl;
}
