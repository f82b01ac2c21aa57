import { AssayError } from '@assay/core';
import type { Registered } from '@assay/server';
import { loadFile } from './load-file.ts';

/**
 * Loads a file that exports `tasks` and `evaluators`, records of functions that background jobs call by name.
 *
 * @throws AssayError `invalid-input` when it exports neither, or something else under these names, and what `loadFile` throws.
 */
export async function loadTasksFile(path: string): Promise<Registered> {
  const { tasks, evaluators } = await loadFile(path, 'a file of tasks');
  if (tasks === undefined && evaluators === undefined) {
    throw new AssayError(
      'invalid-input',
      `Expected ${path} to export tasks or evaluators, records of functions, got neither`,
    );
  }
  return { tasks: recordOf('tasks', tasks, path), evaluators: recordOf('evaluators', evaluators, path) } as Registered;
}

function recordOf(name: string, value: unknown, path: string): object {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AssayError(
      'invalid-input',
      `Expected ${name} of ${path} to be a record of functions, got ${kindOf(value)}`,
    );
  for (const [key, entry] of Object.entries(value)) {
    const isEvaluator = name === 'evaluators' && typeof entry === 'object' && entry !== null && 'evaluate' in entry;
    if (typeof entry !== 'function' && !isEvaluator)
      throw new AssayError(
        'invalid-input',
        `Expected ${name}.${key} of ${path} to be a function, got ${kindOf(entry)}`,
      );
  }
  return value;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
