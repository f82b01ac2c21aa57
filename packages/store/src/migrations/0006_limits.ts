import type { Migration } from './migration.ts';

/** Limits of providers, as all who share them have found them. */
export const limits: Migration = {
  name: '0006_limits',
  up: ({ text, tableEnd }) => [
    `CREATE TABLE rate_limits (
      key    ${text} PRIMARY KEY,
      state  ${text} NOT NULL                   -- JSON of a bucket, whose times are those of the database, in milliseconds
    ) ${tableEnd}`,
  ],
};
