import { AssayError } from '../errors.ts';
import type { Catalog, ExperimentStore } from '../store.ts';
import { collect, startExperiment } from './contract.ts';
import type { CreateStore, TestRunner } from './contract.ts';

/** What plain JavaScript hands in by mistake. */
const slips: readonly unknown[] = [undefined, null, 42, {}];

/** A slip of the caller is told as one, and not as a `TypeError` from within. */
export function describeArguments(createStore: CreateStore, runner: TestRunner): void {
  describeCalls(createStore, runner, {
    'reads a dataset': (store, slip) => store.getDataset(slip),
    'saves a dataset': (store, slip) => store.saveDataset(slip),
    'lists examples': (store, slip) => collect(store.listExamples(slip)),
    'creates an experiment': (store, slip) => store.createExperiment(slip),
    'reads an experiment': (store, slip) => store.getExperiment(slip),
    'saves a task run': (store, slip) => store.saveTaskRun(slip),
    'saves an evaluation run': (store, slip) => store.saveEvaluationRun(slip),
    'lists task runs': (store, slip) => collect(store.listTaskRuns(slip)),
    'lists evaluation runs': (store, slip) => collect(store.listEvaluationRuns(slip)),
  });
}

/** The same, of what only a catalog has. */
export function describeCatalogArguments(createStore: CreateStore<Catalog>, runner: TestRunner): void {
  describeCalls(createStore, runner, {
    'lists versions': (store, slip) => collect(store.listVersions(slip)),
    'appends examples': (store, slip, { datasetId }) => store.appendExamples(datasetId, slip),
    'saves a split': (store, slip) => store.saveSplit(slip),
    'annotates runs': (store, slip, { id }) => store.annotateRuns(id, slip),
    'saves a tag': (store, slip) => store.saveTag(slip),
  });
}

function describeCalls<Store extends ExperimentStore>(
  createStore: CreateStore<Store>,
  { describe, test, expect }: TestRunner,
  calls: Readonly<
    Record<
      string,
      (store: Store, slip: never, experiment: { readonly id: string; readonly datasetId: string }) => Promise<unknown>
    >
  >,
): void {
  describe('arguments', () => {
    for (const [what, call] of Object.entries(calls)) {
      test(`refuses by an AssayError, when it ${what}, an argument that is nothing, a number or an empty object`, async () => {
        const { store, experiment } = await startExperiment(createStore);
        for (const slip of slips) {
          const answer = await Promise.resolve()
            .then(() => call(store, slip as never, experiment))
            .then(
              () => 'no error',
              (error: unknown) => (AssayError.is(error) ? 'an AssayError' : String(error)),
            );
          expect({ slip, answer }).toEqual({ slip, answer: 'an AssayError' });
        }
      });
    }
  });
}
