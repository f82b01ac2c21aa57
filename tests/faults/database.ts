import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '@assay/store';
import { type PostgresCluster, startCluster } from '../postgres/cluster.ts';
import { keyOf, models } from './work.ts';

/** The kinds of store that a server may have. */
export const storeKinds = ['SQLite', 'PostgreSQL'] as const;
export type StoreKind = (typeof storeKinds)[number];

/** An empty database, for one test. */
export interface Database extends AsyncDisposable {
  /** For `openStore`. */
  readonly url: string;
  /** What it is in; `null` for a file. */
  readonly cluster: PostgresCluster | null;
}

export async function createDatabase(kind: StoreKind): Promise<Database> {
  if (kind === 'PostgreSQL') {
    const cluster = await startCluster();
    return { url: cluster.url, cluster, [Symbol.asyncDispose]: () => cluster.close() };
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-faults-'));
  return {
    url: `file:${path.join(folder, 'assay.db')}`,
    cluster: null,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What is stored of an experiment. */
export interface Stored {
  /** Of all rows. */
  readonly ids: ReadonlySet<string>;
  readonly taskRuns: number;
  readonly evaluationRuns: number;
  /** The keys (`keyOf`) of the calls whose results are stored. */
  readonly calls: ReadonlySet<string>;
}

/** Reads what is stored past the server, from the database. The task's outputs must be echoes of its prompts. */
export async function readStored({ url }: Pick<Database, 'url'>, experimentId: string): Promise<Stored> {
  await using store = await openStore(url);
  const taskRuns = await listed(store.listTaskRuns(experimentId));
  const evaluationRuns = await listed(store.listEvaluationRuns(experimentId));
  const promptOf = new Map(taskRuns.map(({ id, output }) => [id, String(output)]));
  return {
    ids: new Set([...taskRuns, ...evaluationRuns].map(({ id }) => id)),
    taskRuns: taskRuns.length,
    evaluationRuns: evaluationRuns.length,
    calls: new Set([
      ...taskRuns
        .filter(({ error }) => error === null)
        .map(({ output }) => keyOf({ model: models.task, prompt: String(output) })),
      ...evaluationRuns
        .filter(({ status }) => status === 'ok')
        .map(({ taskRunId }) => keyOf({ model: models.judge, prompt: promptOf.get(taskRunId)! })),
    ]),
  };
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
