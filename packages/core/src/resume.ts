import type { NamedEvaluator } from './evaluator.ts';
import { changesSince, type Fingerprint, fingerprintKey, fingerprintOf } from './fingerprint.ts';
import type { Pipe } from './pipe.ts';
import { partsKey } from './plan.ts';
import type { ReadySettings } from './settings.ts';
import type { ExperimentStore } from './store.ts';

/** Plans to do what is missing of an experiment. Warns when it is not what the experiment was started with. */
export async function planResume(options: {
  readonly store: ExperimentStore;
  readonly experimentId: string;
  readonly task: Pipe['task'];
  readonly evaluators: readonly NamedEvaluator[];
  readonly settings: ReadySettings;
  readonly examples?: Pipe['examples'];
  /** What is missing; left out: it is counted. */
  readonly planned?: Pipe['planned'] | undefined;
  /** Values of its examples that are more than JSON, where they are at hand. */
  readonly originals?: Pipe['originals'];
}): Promise<Pipe> {
  const { store, experimentId, task, evaluators, settings, examples, originals = new Map() } = options;
  const experiment = await store.getExperiment(experimentId);
  const recorded = experiment.metadata[fingerprintKey];
  return {
    store,
    experiment,
    task,
    evaluators,
    settings,
    fresh: false,
    examples,
    planned: options.planned ?? (await countMissing(options, experiment.exampleCount * experiment.repetitions)),
    originals,
    warnings: [
      ...changesSince(recorded, fingerprintOf(task, evaluators)),
      ...(evaluators.length === 0 ? leftOut(recorded) : []),
    ],
  };
}

/** How many runs and evaluations are missing: one pass over the records, holding none. */
async function countMissing(
  {
    store,
    experimentId,
    task,
    evaluators,
  }: {
    readonly store: ExperimentStore;
    readonly experimentId: string;
    readonly task: Pipe['task'];
    readonly evaluators: readonly NamedEvaluator[];
  },
  total: number,
): Promise<Pipe['planned']> {
  let finished = 0;
  for await (const run of store.listTaskRuns(experimentId)) if (run.error === null) finished += 1;
  const runs = task === undefined ? 0 : Math.max(0, total - finished);
  if (evaluators.length === 0) return { runs, evaluations: 0 };

  const names = new Set(evaluators.map(({ name }) => name));
  let evaluated = 0;
  for await (const { name, status, metadata } of store.listEvaluationRuns(experimentId)) {
    if (status !== 'failed' && names.has(wholeName(name, metadata))) evaluated += 1;
  }
  return { runs, evaluations: Math.max(0, (finished + runs) * names.size - evaluated) };
}

/** The evaluator behind a record. Of several results of one evaluator only the first stands for it. */
function wholeName(name: string, metadata: Readonly<Record<string, unknown>>): string {
  const parts: unknown = metadata[partsKey];
  const suffix = Array.isArray(parts) ? `/${String(parts[0])}` : '';
  return suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

/** Says which evaluators are on record but were not given. */
function leftOut(recorded: unknown): readonly string[] {
  const names =
    typeof recorded === 'object' && recorded !== null
      ? Object.keys((recorded as Partial<Fingerprint>).evaluators ?? {})
      : [];
  if (names.length === 0) return [];
  return [`No evaluators were given, so nothing is evaluated. On record: ${names.join(', ')}`];
}
