import { AssayError, messageOf } from '@assay/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that was written, until it is released. */
export interface WrittenFile {
  readonly path: string;
  release(): Promise<void>;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Writes Parquet in a process of its own, since the memory that it takes is never given back. One at a time: the next
 * waits.
 *
 * @param batches - Arrow IPC streams of one schema.
 * @throws AssayError `unavailable` when the process fails.
 */
export function writeParquetApart(batches: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
  const written = last.then(() => write(batches));
  last = written.catch(() => undefined);
  return written;
}

async function write(batches: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-parquet-'));
  const path = join(folder, 'runs.parquet');
  const release = () => rm(folder, { recursive: true, force: true });
  try {
    await feed(path, batches);
    return { path, release };
  } catch (error) {
    await release();
    if (AssayError.is(error)) throw error;
    throw new AssayError('unavailable', `Could not write Parquet: ${messageOf(error)}`, { cause: error });
  }
}

async function feed(path: string, batches: AsyncIterable<Uint8Array>): Promise<void> {
  // The tests run the sources, users what was built of them.
  const file = import.meta.url.endsWith('.ts') ? './parquet-child.ts' : './parquet-child.js';
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), path], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-1_000)));
  // A child that dies is told of by its exit code.
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close') as Promise<[number | null]>;
  try {
    for await (const batch of batches) {
      if (child.exitCode !== null) break;
      const length = Buffer.alloc(4);
      length.writeUInt32LE(batch.length);
      child.stdin.write(length);
      if (!child.stdin.write(batch)) await Promise.race([once(child.stdin, 'drain'), exited]);
    }
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
  child.stdin.end();
  const [code] = await exited;
  if (code !== 0)
    throw new AssayError(
      'unavailable',
      `Could not write Parquet: ${complaint.trim() || `the process ended with ${code}`}`,
    );
}
