import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { AssayError, messageOf } from '@assay/core/errors';

/**
 * Writes a file from its parts. Whoever reads the path finds the file that was there before or all of the new one, also
 * after a crash: it is written under another name beside it, and renamed once it is on the disk.
 *
 * @throws AssayError `full` when the disk is, `unavailable` for any other failure of the file system. What `parts` throws
 * goes through. Either way nothing is left behind.
 */
export async function writeWhole(
  path: string,
  parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await fileSystem(path, () => open(temporary, 'wx'));
  try {
    try {
      for await (const part of parts) await fileSystem(path, () => file.appendFile(part));
      await fileSystem(path, () => file.sync());
    } finally {
      await file.close();
    }
    await fileSystem(path, () => rename(temporary, path));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}

async function fileSystem<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const code =
      codeOf(cause) === 'ENOSPC' || codeOf(cause) === 'EDQUOT'
        ? 'full'
        : codeOf(cause) === 'ENOENT'
          ? 'not-found'
          : 'unavailable';
    throw new AssayError(code, `${path} could not be written: ${messageOf(cause)}`, { cause });
  }
}

/** The code of an error of Node's, such as `ENOENT`. */
export function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
