import {
  AssayError,
  type DatasetInfo,
  type Experiment,
  type ExperimentStore,
  type ExperimentSummary,
  streamResume,
  type SupersededRecord,
  type Tag,
} from '@assay/core';
import type { Program } from '../program.ts';
import { collect } from '../collect.ts';
import { FailureCounts } from '../failure-counts.ts';
import type { Shell } from '../shell.ts';
import type { OpenCatalog } from '../store.ts';
import { minuteOf, shortened } from '../figures.ts';
import { formatSummaryTable } from '../summary-table.ts';
import { tableText } from '../table-text.ts';
import { plainText } from '../terminal-stream.ts';
import { withExperiment } from '../with-experiment.ts';

/** `assay show EXPERIMENT`: what it is and what came of it. */
export function addShow(program: Program, shell: Shell): void {
  program
    .command('show')
    .description('show an experiment: what it is, and its summary')
    .argument('<experiment>', 'its id or name')
    .option('--dataset <name>', 'to choose among experiments of one name')
    .option('--history', 'also what records said before they were replaced, oldest first')
    .action(async (experiment, { dataset, history }, command) =>
      withExperiment({ experiment, dataset, store: command.optsWithGlobals().store }, (catalog, found) =>
        show(shell, catalog, found, history === true),
      ),
    );
}

interface Shown {
  readonly experiment: Experiment;
  readonly dataset: DatasetInfo;
  readonly tags: readonly Tag[];
  readonly summary: ExperimentSummary;
  readonly failures: ReadonlyMap<string, number>;
  readonly history: readonly SupersededRecord[] | null;
}

async function show(shell: Shell, catalog: OpenCatalog, experiment: Experiment, withHistory: boolean): Promise<void> {
  const shown: Shown = {
    experiment,
    dataset: await catalog.getDataset({ id: experiment.datasetId }, { versionId: experiment.datasetVersionId }),
    tags: await collect(catalog.listTags(experiment.id)),
    summary: await summaryOf(catalog, experiment.id),
    failures: await failuresOf(catalog, experiment.id),
    history: withHistory ? await historyOf(catalog, experiment.id) : null,
  };
  if (shell.json) shell.printDocument(documentOf(shown));
  else shell.print(textOf(shown, shell.color));
}

/** Without task and evaluators nothing is left to do, and the summary is of what is on record. */
async function summaryOf(store: ExperimentStore, experimentId: string): Promise<ExperimentSummary> {
  const planned = { runs: 0, evaluations: 0 };
  for await (const event of streamResume({ experimentId, store, planned }))
    if (event.type === 'finished') return event.summary;
  throw new Error('The stream ended without a summary');
}

async function failuresOf(store: ExperimentStore, experimentId: string): Promise<ReadonlyMap<string, number>> {
  const failures = new FailureCounts();
  for await (const run of store.listTaskRuns(experimentId)) failures.addTaskRun(run);
  for await (const run of store.listEvaluationRuns(experimentId)) failures.addEvaluation(run);
  return failures.byMessage;
}

async function historyOf(catalog: OpenCatalog, experimentId: string): Promise<readonly SupersededRecord[]> {
  if (catalog.listSuperseded === undefined)
    throw new AssayError('unsupported', 'This store keeps no history of replaced records');
  return collect(catalog.listSuperseded(experimentId));
}

function documentOf({ experiment, dataset, tags, summary, history }: Shown): object {
  return { experiment, dataset, tags, summary, ...(history === null ? {} : { history }) };
}

function textOf({ experiment, dataset, tags, summary, failures, history }: Shown, color: boolean): string {
  const { name, description, exampleCount, repetitions, splits, createdAt } = experiment;
  return [
    formatSummaryTable({ name, summary, failures }, { color }),
    '',
    ...(description === null ? [] : [plainText(description)]),
    `dataset ${plainText(dataset.name)} (${dataset.id}, version ${experiment.datasetVersionId}), ${exampleCount} examples${splits === null ? '' : ` of the splits ${splits.map(plainText).join(', ')}`} × ${repetitions}`,
    `created ${minuteOf(createdAt)}`,
    ...(tags.length === 0 ? [] : [`tags ${tags.map((tag) => plainText(tag.name)).join(', ')}`]),
    ...(history === null ? [] : ['', historyText(history)]),
  ].join('\n');
}

function historyText(history: readonly SupersededRecord[]): string {
  if (history.length === 0) return 'No record was replaced';
  const rows = history.map(({ supersededAt, ...old }) => {
    const { exampleId, repetition, error } = old.record;
    const what = old.kind === 'task-run' ? 'task' : old.record.name;
    const said =
      old.kind === 'task-run'
        ? JSON.stringify(old.record.output)
        : String(old.record.score ?? old.record.label ?? old.record.explanation);
    return [
      minuteOf(supersededAt),
      plainText(exampleId),
      String(repetition),
      plainText(what),
      shortened(error ?? said, 100),
    ];
  });
  return tableText(['replaced', 'example', 'repetition', 'what', 'it said'], rows, { leftColumns: 5 });
}
