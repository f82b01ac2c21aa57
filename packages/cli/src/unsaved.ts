import type { UnsavedError } from '@assay/core';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Writes results that the store would not take, one a line, each saying by `record` what it is.
 *
 * @returns The path of the file, which only its owner can read.
 */
export async function writeUnsaved({ taskRuns, evaluationRuns }: UnsavedError['unsaved']): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'assay-unsaved-')), 'unsaved.jsonl');
  const lines = [
    ...taskRuns.map((run) => JSON.stringify({ record: 'task-run', ...run })),
    ...evaluationRuns.map((run) => JSON.stringify({ record: 'evaluation-run', ...run })),
  ];
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}
