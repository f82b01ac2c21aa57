import { AssayError, type Catalog, type DatasetInfo, type Experiment } from '@assay/core';
import { plainText } from './terminal-stream.ts';

/**
 * The experiment that the command line means: by its id, else by its name.
 *
 * @param dataset - Name or id, to choose among experiments of one name.
 * @throws AssayError `not-found`; `ambiguous` with the candidates and their ids.
 */
export async function chooseExperiment(catalog: Catalog, idOrName: string, dataset?: string): Promise<Experiment> {
  const byId = await orNull(catalog.getExperiment(idOrName));
  if (byId !== null) return byId;

  const datasetId = dataset === undefined ? undefined : (await chooseDataset(catalog, dataset)).id;
  const named: Experiment[] = [];
  for await (const experiment of catalog.listExperiments({ name: idOrName, datasetId })) named.push(experiment);
  const [first, second] = named;
  if (first === undefined) {
    throw new AssayError(
      'not-found',
      `There is no experiment with the id or name ${JSON.stringify(idOrName)}${dataset === undefined ? '' : ` on the dataset ${dataset}`}. \`assay list\` shows those there are`,
    );
  }
  if (second !== undefined) throw new AssayError('ambiguous', await candidatesText(catalog, idOrName, named));
  return first;
}

/** The dataset of that name, else of that id. @throws AssayError `not-found`. */
export async function chooseDataset(catalog: Catalog, nameOrId: string): Promise<DatasetInfo> {
  const found =
    (await orNull(catalog.getDataset({ name: nameOrId }))) ?? (await orNull(catalog.getDataset({ id: nameOrId })));
  if (found !== null) return found;
  throw new AssayError('not-found', `There is no dataset with the name or id ${JSON.stringify(nameOrId)}`);
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    // A store that numbers its records may also say that a name is no id at all.
    if (AssayError.is(error) && (error.code === 'not-found' || error.code === 'invalid-input')) return null;
    throw error;
  }
}

async function candidatesText(catalog: Catalog, name: string, experiments: readonly Experiment[]): Promise<string> {
  const lines: string[] = [];
  for (const { id, datasetId, createdAt } of experiments) {
    const dataset = await catalog.getDataset({ id: datasetId });
    lines.push(`  ${id}  on ${plainText(dataset.name)}  of ${createdAt.toISOString()}`);
  }
  return `${experiments.length} experiments are named ${JSON.stringify(name)}. Name one by its id${new Set(experiments.map(({ datasetId }) => datasetId)).size > 1 ? ', or its dataset by --dataset' : ''}:\n${lines.join('\n')}`;
}
