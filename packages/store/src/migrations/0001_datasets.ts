import type { Migration } from './migration.ts';

export const datasets: Migration = {
  name: '0001_datasets',
  up: ({ identity, integer, text, tableEnd }) => [
    `CREATE TABLE datasets (
      id           ${identity},
      name         ${text} NOT NULL UNIQUE,
      description  ${text},
      metadata     ${text} NOT NULL,               -- JSON
      created_at   ${integer} NOT NULL,         -- microseconds since 1970, as all times
      updated_at   ${integer} NOT NULL
    ) ${tableEnd}`,

    `CREATE TABLE dataset_versions (
      id             ${identity},
      dataset_id     ${integer} NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      description    ${text},
      metadata       ${text} NOT NULL,             -- JSON
      example_count  ${integer} NOT NULL,
      created_at     ${integer} NOT NULL
    ) ${tableEnd}`,
    `CREATE INDEX dataset_versions_by_dataset ON dataset_versions (dataset_id)`,

    // The order of the ids is dataset order. An example that was deleted and comes back is the same row.
    `CREATE TABLE examples (
      id           ${identity},
      dataset_id   ${integer} NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      external_id  ${text},                        -- the user's id; NULL when there is none
      UNIQUE (dataset_id, external_id)
    ) ${tableEnd}`,
    `CREATE INDEX examples_by_dataset ON examples (dataset_id)`,

    // The content of an example at a version is that of its last revision up to there.
    `CREATE TABLE example_revisions (
      id            ${identity},
      example_id    ${integer} NOT NULL REFERENCES examples (id) ON DELETE CASCADE,
      version_id    ${integer} NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
      kind          ${text} NOT NULL CHECK (kind IN ('CREATE', 'PATCH', 'DELETE')),
      content_hash  ${text} NOT NULL,              -- 32 hex digits of SHA-256 of the canonical JSON; empty when deleted
      input         ${text} NOT NULL,              -- JSON, as the next two
      expected      ${text} NOT NULL,
      metadata      ${text} NOT NULL,
      UNIQUE (example_id, version_id)
    ) ${tableEnd}`,
    `CREATE INDEX example_revisions_by_version ON example_revisions (version_id)`,

    `CREATE TABLE splits (
      id           ${identity},
      name         ${text} NOT NULL UNIQUE,        -- over all datasets, as in Phoenix
      description  ${text},
      created_at   ${integer} NOT NULL
    ) ${tableEnd}`,

    `CREATE TABLE split_examples (
      split_id    ${integer} NOT NULL REFERENCES splits (id) ON DELETE CASCADE,
      example_id  ${integer} NOT NULL REFERENCES examples (id) ON DELETE CASCADE,
      PRIMARY KEY (example_id, split_id)
    ) ${tableEnd}`,
    `CREATE INDEX split_examples_by_split ON split_examples (split_id)`,
  ],
};
