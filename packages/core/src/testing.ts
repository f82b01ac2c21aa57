import type { Catalog, ExperimentStore } from './store.ts';
import { describeArguments, describeCatalogArguments } from './testing/argument-contract.ts';
import { describeCatalogs } from './testing/catalog-contract.ts';
import type { ContractOptions, TestRunner } from './testing/contract.ts';
import { describeDatasets } from './testing/dataset-contract.ts';
import { describeEvaluationRuns } from './testing/evaluation-run-contract.ts';
import { describeExamples } from './testing/example-contract.ts';
import { describeExperiments } from './testing/experiment-contract.ts';
import { describeTaskRuns } from './testing/task-run-contract.ts';

export type { ContractOptions, Expectation, TestRunner } from './testing/contract.ts';

/**
 * The promises every `ExperimentStore` keeps, as tests. Call it once for each implementation.
 *
 * Every test makes datasets of its own, so the store may be shared and need not be empty.
 *
 * @param createStore - Is called in every test. Close what it gives after the last one.
 * @param runner - `describe`, `test` and `expect` of vitest or jest, or node's with an `expect`.
 *
 * @example
 * ```ts
 * import { createMemoryStore } from '@assay/core';
 * import { describeExperimentStore } from '@assay/core/testing';
 * import { describe, expect, test } from 'vitest';
 *
 * describeExperimentStore('memory', () => createMemoryStore(), { describe, test, expect });
 * ```
 */
export function describeExperimentStore(
  name: string,
  createStore: () => ExperimentStore | Promise<ExperimentStore>,
  runner: TestRunner,
  options: ContractOptions = {},
): void {
  runner.describe(`ExperimentStore: ${name}`, () => {
    describeDatasets(createStore, runner);
    describeExamples(createStore, runner);
    describeExperiments(createStore, runner);
    describeTaskRuns(createStore, runner, options);
    describeEvaluationRuns(createStore, runner, options);
    describeArguments(createStore, runner);
  });
}

/** The promises that a `Catalog` keeps beyond those of an `ExperimentStore`, as tests. */
export function describeCatalog(name: string, createStore: () => Catalog | Promise<Catalog>, runner: TestRunner): void {
  runner.describe(`Catalog: ${name}`, () => {
    describeCatalogs(createStore, runner);
    describeCatalogArguments(createStore, runner);
  });
}
