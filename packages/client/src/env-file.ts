import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a `.env.phoenix` holds, and what is to be said of it. */
export interface EnvFile {
  readonly path: string | null;
  readonly values: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

const maxBytes = 64 * 1024;
const nothing: EnvFile = { path: null, values: {}, warnings: [] };

/**
 * Reads the nearest `.env.phoenix`, in this directory or above it, as the official clients do: only `PHOENIX_` keys,
 * only from a regular file of the current user, of at most 64 KiB. `PHOENIX_DISCOVER_CONFIG=false` turns it off.
 */
export function readEnvFile(directory: string, environment: Readonly<Record<string, string | undefined>>): EnvFile {
  const discover = environment['PHOENIX_DISCOVER_CONFIG']?.trim().toLowerCase() ?? '';
  if (['false', '0', 'no', 'off'].includes(discover)) return nothing;
  const warnings: string[] = [];
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = join(folder, '.env.phoenix');
    const read = readTrusted(path);
    if ('text' in read) return { path, values: parseEnv(read.text), warnings: [...warnings, ...read.warnings] };
    if (read.warning !== null) warnings.push(read.warning);
    if (dirname(folder) === folder) return { ...nothing, warnings };
  }
}

/** Opens the file once, and judges what was opened: between a look at the path and the read it could be another. */
function readTrusted(
  path: string,
): { readonly text: string; readonly warnings: readonly string[] } | { readonly warning: string | null } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    return { warning: isMissing ? null : `Ignoring ${path}: it cannot be read` };
  }
  try {
    const { mode, size, uid } = fstatSync(file);
    const isOwn = process.getuid === undefined || uid === process.getuid();
    if ((mode & 0o170000) !== 0o100000 || !isOwn)
      return { warning: `Ignoring ${path}: it must be a regular file of the current user` };
    if (size > maxBytes) return { warning: `Ignoring ${path}: it has more than ${maxBytes} bytes` };
    const isOpen = process.platform !== 'win32' && (mode & 0o066) !== 0;
    return {
      text: readFileSync(file, 'utf8'),
      warnings: isOpen ? [`${path} may be read by other users, and may hold a key: chmod 600 it`] : [],
    };
  } finally {
    closeSync(file);
  }
}

function parseEnv(text: string): Record<string, string> {
  const entries = text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(?:export\s+)?(PHOENIX_[A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    const value = unquoted(match?.[2] ?? '');
    return match?.[1] === undefined || value === '' ? [] : [[match[1], value] as const];
  });
  return Object.fromEntries(entries);
}

function unquoted(value: string): string {
  return /^(['"])[^]*\1$/.test(value) && value.length >= 2 ? value.slice(1, -1) : value;
}
