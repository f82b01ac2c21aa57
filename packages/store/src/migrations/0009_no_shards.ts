import type { Migration } from './migration.ts';

/** The shares of a job are handed out by a queue beside our tables, and are cut anew where it has none. */
export const noShards: Migration = {
  name: '0009_no_shards',
  up: () => ['DROP TABLE job_shards'],
};
