import { AssayError } from '@assay/core';
import type { JobDraft, JobStore, StoredJob } from '@assay/store';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { absoluteUrl, filePathOf } from './store.ts';

/** What is on record for a job that a process of its own carries out. */
export interface ProcessSpec {
  readonly type: 'process';
  /** The experiment file and where it was started, absolute. */
  readonly file: string;
  readonly folder: string;
  /** Flags, such as `--retries 0`. */
  readonly settings: readonly string[];
}

const bin = fileURLToPath(new URL('../bin/assay.js', import.meta.url));

/** Does what is missing of a job that a process carries out, by a new one. @throws AssayError `conflict` when one does already. */
export async function resumeInBackground(jobs: JobStore, draft: JobDraft, storeUrl: string | undefined): Promise<void> {
  const { status, holders } = await jobs.get(draft.experimentId);
  // One that was killed has left its job RUNNING.
  if (status !== 'RUNNING') await jobs.resume(draft);
  else if (holders > 0)
    throw new AssayError('conflict', `The job of experiment ${draft.experimentId} is running already`);
  await carryInBackground(draft, absoluteUrl(storeUrl));
}

/**
 * Starts a process that carries a job out and outlives this one, and waits until it has taken the job up.
 *
 * @param storeUrl - `undefined`: the file names its own.
 * @returns The path of its log.
 * @throws AssayError `unavailable` with the end of the log when it could not begin.
 */
export async function carryInBackground(
  { experimentId, spec }: Pick<StoredJob, 'experimentId' | 'spec'>,
  storeUrl: string | undefined,
): Promise<string> {
  const { file, folder, settings } = spec as ProcessSpec;
  const log = logPathOf(experimentId, storeUrl);
  const output = openSync(log, 'a');
  const args = ['carry-out', experimentId, file, ...settings, ...(storeUrl === undefined ? [] : ['--store', storeUrl])];
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  if (!(await hasBegun(child))) {
    const end = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
    throw new AssayError(
      'unavailable',
      `The process that was to carry out ${experimentId} ended before it began:\n${end}`,
    );
  }
  if (child.connected) child.disconnect();
  child.unref();
  return log;
}

function hasBegun(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('message', () => resolve(true));
    child.once('exit', () => resolve(false));
    child.once('error', () => resolve(false));
  });
}

/** Beside a file of experiments; for a database elsewhere among the temporary files. */
function logPathOf(experimentId: string, storeUrl: string | undefined): string {
  const path = storeUrl === undefined ? null : filePathOf(storeUrl);
  return join(path === null ? tmpdir() : dirname(path), `assay-job-${experimentId.replaceAll(/\W/g, '')}.log`);
}
