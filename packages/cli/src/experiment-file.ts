import { AssayError, type ExampleDraft, type ExperimentOptions } from '@assay/core';
import { loadFile } from './load-file.ts';

/** What an experiment file exports by default. */
export type DefinedExperiment = ExperimentOptions<ExampleDraft, unknown>;

/**
 * Loads a file that exports `defineExperiment(…)` by default. TypeScript runs as it is: Node strips the types.
 *
 * @param path - Relative to the working directory.
 * @throws AssayError `not-found` when there is no such file, `invalid-input` with file and line when it cannot be loaded or
 * exports something else.
 */
export async function loadExperimentFile(path: string): Promise<DefinedExperiment> {
  return definitionOf(await loadFile(path, 'an experiment file'), path);
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
