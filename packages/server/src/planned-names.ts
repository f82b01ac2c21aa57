import { AssayError } from '@assay/core';
import type { Experiment } from '@assay/core';
import { plannedEvaluators } from '@assay/frames';
import type { Store } from '@assay/store';

/** The evaluators by which an experiment was to be judged: those its client put on record, and those of its job. */
export async function plannedNames({ jobs }: Store, experiment: Experiment): Promise<readonly string[]> {
  const ofJob = await jobs.get(experiment.id).then(({ evaluatorNames }) => evaluatorNames, noJob);
  return [...new Set([...plannedEvaluators(experiment).keys(), ...ofJob])];
}

function noJob(error: unknown): readonly string[] {
  if (AssayError.is(error) && error.code === 'not-found') return [];
  throw error;
}
