import type { ExampleDraft } from './dataset.ts';
import { readEvaluators } from './evaluator.ts';
import type { Experiment } from './experiment.ts';
import { changesSince, fingerprintKey, fingerprintOf } from './fingerprint.ts';
import { needObject } from './given.ts';
import { needStore } from './kind-checks.ts';
import type { ExperimentOptions } from './settings.ts';
import type { Catalog } from './store.ts';

/**
 * The newest experiment of that name that was run with this very task and these evaluators; `null` when there is none.
 * Resuming what it finds makes a script that can be started twice and repeats no work.
 *
 * @example
 * ```ts
 * import { createMemoryStore, defineExperiment, findExperiment, resumeExperiment, runExperiment } from '@assay/core';
 *
 * const store = createMemoryStore();
 * const experiment = defineExperiment({ name: 'double', dataset: [{ input: 1 }, { input: 2 }], task: ({ input }) => 2 * input });
 * const known = await findExperiment(store, experiment);
 * const ran = known === null
 *   ? await runExperiment({ ...experiment, store })
 *   : await resumeExperiment({ ...experiment, store, experimentId: known.id });
 * ```
 */
export async function findExperiment<E extends ExampleDraft, Output>(
  store: Catalog,
  experiment: Pick<ExperimentOptions<E, Output>, 'name' | 'task' | 'evaluators'>,
): Promise<Experiment | null> {
  needStore('a store to look in', store);
  const { name, task, evaluators } = needObject(
    'an experiment as { name, task, evaluators }',
    experiment,
    'invalid-config',
  );
  const fingerprint = fingerprintOf(task, readEvaluators(evaluators as never));
  for await (const known of store.listExperiments({ name })) {
    const recorded = known.metadata[fingerprintKey];
    if (recorded !== undefined && changesSince(recorded, fingerprint).length === 0) return known;
  }
  return null;
}
