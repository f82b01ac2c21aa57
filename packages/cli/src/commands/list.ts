import type { Catalog, Experiment } from '@assay/core';
import { chooseDataset } from '../choose-experiment.ts';
import type { Program } from '../program.ts';
import type { Shell } from '../shell.ts';
import { minuteOf } from '../figures.ts';
import { openExistingCatalog } from '../store.ts';
import { tableText } from '../table-text.ts';
import { plainText } from '../terminal-stream.ts';

/** `assay list`: the experiments, newest first. */
export function addList(program: Program, shell: Shell): void {
  program
    .command('list')
    .description('list the experiments, newest first')
    .option('--dataset <name>', 'only those on this dataset')
    .action(async ({ dataset }, command) => list(shell, dataset, command.optsWithGlobals().store));
}

type Listed = Experiment & { readonly dataset: string };

async function list(shell: Shell, dataset: string | undefined, storeUrl: string | undefined): Promise<void> {
  const catalog = await openExistingCatalog(storeUrl);
  try {
    const experiments = catalog === null ? [] : await experimentsOf(catalog, dataset);
    if (shell.json) return shell.printDocument({ experiments });
    if (experiments.length > 0) return shell.print(tableOf(experiments));
    shell.remark(catalog === null ? 'No experiments: there is no store here. `assay run` makes one' : 'No experiments');
  } finally {
    await catalog?.close?.();
  }
}

async function experimentsOf(catalog: Catalog, dataset: string | undefined): Promise<readonly Listed[]> {
  const only = dataset === undefined ? undefined : await chooseDataset(catalog, dataset);
  const names = new Map<string, string>();
  const experiments: Listed[] = [];
  for await (const experiment of catalog.listExperiments({ datasetId: only?.id })) {
    const { datasetId } = experiment;
    const name = names.get(datasetId) ?? (await catalog.getDataset({ id: datasetId })).name;
    names.set(datasetId, name);
    experiments.push({ ...experiment, dataset: name });
  }
  return experiments;
}

function tableOf(experiments: readonly Listed[]): string {
  const rows = experiments.map(({ id, name, dataset, createdAt, exampleCount, repetitions }) => [
    id,
    plainText(name),
    plainText(dataset),
    minuteOf(createdAt),
    String(exampleCount),
    String(repetitions),
  ]);
  return tableText(['id', 'name', 'dataset', 'created', 'examples', 'repetitions'], rows, { leftColumns: 4 });
}
