import type { Migration } from './migration.ts';

/** The shares into which a job is cut when several servers carry it out, and whether they have heard of its stop. */
export const shards: Migration = {
  name: '0008_shards',
  up: ({ integer, text, tableEnd }) => [
    `CREATE TABLE job_shards (
      experiment_id  ${integer} NOT NULL REFERENCES experiment_jobs (experiment_id) ON DELETE CASCADE,
      epoch          ${integer} NOT NULL,
      first_row      ${integer} NOT NULL,         -- of its examples, as the next
      last_row       ${integer} NOT NULL,
      holder         ${text},                     -- who works on it; NULL: nobody yet
      PRIMARY KEY (experiment_id, epoch, first_row)
    ) ${tableEnd}`,
    `ALTER TABLE job_holders ADD COLUMN stopping ${integer} NOT NULL DEFAULT 0`,
  ],
};
