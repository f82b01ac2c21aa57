import type { TestProject } from 'vitest/node';
import { postgresPrograms, startCluster } from './cluster.ts';

/** Of a PostgreSQL for the tests of one project; `null` when this machine has none. */
export type PostgresUrl = string | null;

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: PostgresUrl;
  }
}

/** Set-up of a vitest project whose tests use PostgreSQL. */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (postgresPrograms() === null) {
    provide('postgresUrl', null);
    return undefined;
  }
  const cluster = await startCluster();
  provide('postgresUrl', cluster.url);
  return cluster.close;
}
