import type { WireArizeDataset, WireArizeExperiment, WireArizeRun } from '../wire/arize.ts';

/** A dataset of Arize AX. */
export interface ArizeDataset {
  readonly id: string;
  readonly name: string;
  readonly spaceId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Newest first; empty in a list. Versions can be changed in place: pin one, and keep a hash of the rows. */
  readonly versions: readonly { readonly id: string; readonly name: string | null }[];
}

/** An experiment of Arize AX. */
export interface ArizeExperiment {
  readonly id: string;
  readonly name: string;
  readonly datasetId: string | null;
  readonly datasetVersionId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an evaluator said of a run, from its columns. */
export interface ArizeEvaluation {
  readonly score: number | null;
  readonly label: string | null;
  readonly explanation: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A run of Arize AX. */
export interface ArizeRun {
  readonly id: string;
  readonly exampleId: string | null;
  /** As text, which is all that AX keeps. */
  readonly output: string | null;
  readonly error: string | null;
  /** By the name of the evaluator. */
  readonly evaluations: Readonly<Record<string, ArizeEvaluation>>;
  /** What people and programs said afterwards. */
  readonly annotations: readonly Readonly<Record<string, unknown>>[];
  /** Every other column, by its name. */
  readonly columns: Readonly<Record<string, unknown>>;
}

export function arizeDatasetFromWire(dataset: WireArizeDataset): ArizeDataset {
  return {
    id: dataset.id,
    name: dataset.name,
    spaceId: dataset.space_id,
    createdAt: dataset.created_at,
    updatedAt: dataset.updated_at,
    versions: (dataset.versions ?? []).map(({ id, name }) => ({ id, name: name ?? null })),
  };
}

export function arizeExperimentFromWire(experiment: WireArizeExperiment): ArizeExperiment {
  return {
    id: experiment.id,
    name: experiment.name,
    datasetId: experiment.dataset_id ?? null,
    datasetVersionId: experiment.dataset_version_id ?? null,
    createdAt: experiment.created_at,
    updatedAt: experiment.updated_at,
  };
}

export function arizeRunFromWire({ id, example_id, output, error, annotations, ...rest }: WireArizeRun): ArizeRun {
  const evaluations: Record<string, ArizeEvaluation & { metadata: Record<string, unknown> }> = {};
  const columns: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(rest)) {
    // Names of evaluators may have dots; the last part, or `metadata.` and what follows, does not belong to them.
    const [, name, part, key] =
      /^eval\.(.+?)\.(?:(score|label|explanation|trace\.id|trace\.timestamp)|metadata\.(.+))$/.exec(column) ?? [];
    if (name === undefined || part?.startsWith('trace')) {
      columns[column] = value;
      continue;
    }
    const evaluation = (evaluations[name] ??= { score: null, label: null, explanation: null, metadata: {} });
    if (key !== undefined) evaluation.metadata[key] = value;
    else Object.assign(evaluation, { [String(part)]: value ?? null });
  }
  return {
    id,
    exampleId: example_id ?? null,
    output: output ?? null,
    error: typeof error === 'string' && error !== '' ? error : null,
    evaluations,
    annotations: Array.isArray(annotations) ? annotations : [],
    columns,
  };
}
