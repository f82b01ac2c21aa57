import { AssayError, type ExampleDraft, type ExperimentOptions } from '@assay/core';
import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { explainLoadFailure } from './load-failure.ts';

/** What an experiment file exports by default. */
export type DefinedExperiment = ExperimentOptions<ExampleDraft, unknown>;

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * Loads a file that exports `defineExperiment(…)` by default. TypeScript runs as it is: Node strips the types.
 *
 * @param path - Relative to the working directory.
 * @throws AssayError `not-found` when there is no such file, `invalid-input` with file and line when it cannot be loaded or
 * exports something else.
 */
export async function loadExperimentFile(path: string): Promise<DefinedExperiment> {
  const file = resolve(path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new AssayError('not-found', `Expected ${path} to be an experiment file, got no file at ${file}`);
  }
  if (!extensions.includes(extname(file))) {
    throw new AssayError(
      'invalid-input',
      `Expected an experiment file that Node can run (${extensions.join(', ')}), got ${path}`,
    );
  }
  return definitionOf(await load(file), path);
}

async function load(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (cause) {
    throw new AssayError('invalid-input', `Could not load ${explainLoadFailure(cause, file)}`, { cause });
  }
}

function definitionOf(module: { readonly default?: unknown }, path: string): DefinedExperiment {
  const definition = module.default;
  const names = Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports');
  if (definition === undefined) {
    const found = names.length === 0 ? 'no export' : `only ${names.join(', ')}`;
    throw new AssayError(
      'invalid-input',
      `Expected ${path} to export defineExperiment({ … }) by default, got ${found}`,
    );
  }
  if (typeof definition !== 'object' || definition === null || !('dataset' in definition) || !('task' in definition)) {
    throw new AssayError(
      'invalid-input',
      `Expected the default export of ${path} to be defineExperiment({ dataset, task, … }), got ${shapeOf(definition)}`,
    );
  }
  return definition as DefinedExperiment;
}

function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Promise) return 'a promise: await it, as in `export default await …`';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an object with no fields' : `an object with ${keys.slice(0, 8).join(', ')}`;
}
