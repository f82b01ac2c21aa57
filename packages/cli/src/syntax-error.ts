import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { specifiersIn } from './missing-module.ts';

export interface SyntaxErrorPlace {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** The line itself. */
  readonly text: string;
}

/** Files looked at before giving up. */
const mostFiles = 200;

/**
 * Finds the syntax error in a module or in what it imports by relative paths.
 *
 * The error that `import()` rejects with does not say where it is: Node keeps the place to itself and prints it only when
 * nobody catches the error. So each file is given to `node --check`, which reads it without running anything.
 */
export function findSyntaxError(entry: string): SyntaxErrorPlace | null {
  const seen = new Set([entry]);
  for (const file of seen) {
    const source = sourceOf(file);
    if (source === null) continue;
    const line = lineOfError(source);
    if (line !== null) return { file, line, text: source.split('\n')[line - 1] ?? '' };
    for (const specifier of specifiersIn(source)) {
      if (!specifier.startsWith('.') || seen.size >= mostFiles) continue;
      seen.add(fileURLToPath(new URL(specifier, pathToFileURL(file))));
    }
  }
  return null;
}

/** The source as JavaScript, each line where it was; `null` when it cannot be read. */
function sourceOf(file: string): string | null {
  try {
    const source = readFileSync(file, 'utf8');
    return /^\.[mc]?ts$/.test(extname(file)) ? stripTypeScriptTypes(source) : source;
  } catch {
    return null;
  }
}

function lineOfError(source: string): number | null {
  const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: source,
    encoding: 'utf8',
  });
  const line = /^\[stdin\]:(\d+)$/m.exec(stderr)?.[1];
  return status === 0 || line === undefined ? null : Number(line);
}
