import type { Direction, Experiment, RanExperiment } from '@assay/core';
import { needIterable, needSettings } from './given.ts';

/**
 * The evaluators by which an experiment was to be judged, in their order; `null`: its direction is not known here. None of
 * them may have been called: of runs that all failed there is no verdict, and their columns are there all the same.
 *
 * An experiment that was run says it in its summary, and one in a store in the fingerprint that core keeps of it.
 */
export function plannedEvaluators(experiment: Experiment | RanExperiment): ReadonlyMap<string, Direction | null> {
  const planned = new Map<string, Direction | null>();
  const { metadata } = needSettings('an experiment', experiment);
  for (const name of namesOnRecord(metadata)) planned.set(name, null);
  if ('summary' in experiment)
    for (const [name, { direction }] of Object.entries(experiment.summary.evaluators)) planned.set(name, direction);
  return planned;
}

/** Those of `planned` of which there is no verdict: not one by their own name, and none of several results `name/part`. */
export function withoutVerdict(planned: Iterable<string>, met: Iterable<string>): readonly string[] {
  const names = [...needIterable('the names of evaluators that were met as a list', met)];
  const known = new Set(names.flatMap((name) => [name, ...ownersOf(name)]));
  return [...needIterable('the names of evaluators as a list', planned)].filter((name) => !known.has(name));
}

/** `a/b/c` is a result of `a/b`, or of `a`. */
function ownersOf(name: string): readonly string[] {
  const parts = String(name).split('/');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
}

function namesOnRecord(metadata: Experiment['metadata'] | undefined): readonly string[] {
  const fingerprint: unknown = metadata?.['assay.fingerprint'];
  if (typeof fingerprint !== 'object' || fingerprint === null || !('evaluators' in fingerprint)) return [];
  const { evaluators } = fingerprint;
  return typeof evaluators === 'object' && evaluators !== null ? Object.keys(evaluators) : [];
}
