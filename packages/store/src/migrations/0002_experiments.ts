import type { Migration } from './migration.ts';

export const experiments: Migration = {
  name: '0002_experiments',
  up: ({ identity, integer, text, real, tableEnd }) => [
    `CREATE TABLE experiments (
      id             ${identity},
      dataset_id     ${integer} NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      version_id     ${integer} NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
      name           ${text} NOT NULL,
      description    ${text},
      metadata       ${text} NOT NULL,             -- JSON
      repetitions    ${integer} NOT NULL CHECK (repetitions >= 1),
      example_count  ${integer} NOT NULL,
      project_name   ${text},
      created_at     ${integer} NOT NULL,
      updated_at     ${integer} NOT NULL
    ) ${tableEnd}`,
    `CREATE INDEX experiments_by_dataset ON experiments (dataset_id)`,
    `CREATE INDEX experiments_by_name ON experiments (name)`,
    `CREATE INDEX experiments_by_version ON experiments (version_id)`,

    `CREATE TABLE experiment_splits (
      experiment_id  ${integer} NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
      split_id       ${integer} NOT NULL REFERENCES splits (id) ON DELETE CASCADE,
      PRIMARY KEY (experiment_id, split_id)
    ) ${tableEnd}`,
    `CREATE INDEX experiment_splits_by_split ON experiment_splits (split_id)`,

    // Fixed when the experiment is created. In order of example_id, which is dataset order.
    `CREATE TABLE experiment_examples (
      experiment_id  ${integer} NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
      example_id     ${integer} NOT NULL REFERENCES examples (id) ON DELETE CASCADE,
      revision_id    ${integer} NOT NULL REFERENCES example_revisions (id) ON DELETE CASCADE,
      PRIMARY KEY (experiment_id, example_id)
    ) ${tableEnd}`,
    `CREATE INDEX experiment_examples_by_example ON experiment_examples (example_id)`,
    `CREATE INDEX experiment_examples_by_revision ON experiment_examples (revision_id)`,

    `CREATE TABLE task_runs (
      id                 ${identity},
      experiment_id      ${integer} NOT NULL,
      example_id         ${integer} NOT NULL,
      repetition         ${integer} NOT NULL CHECK (repetition >= 1),
      output             ${text} NOT NULL,         -- JSON
      error              ${text},                  -- NULL when the task returned
      attempts           ${integer} NOT NULL CHECK (attempts >= 1),
      started_at         ${integer} NOT NULL,
      ended_at           ${integer} NOT NULL,   -- for display: a clock may step, so it may lie before started_at
      latency_ms         ${real},               -- from the monotonic clock
      wait_ms            ${real},
      trace_id           ${text},
      prompt_tokens      ${real},
      completion_tokens  ${real},
      cost_usd           ${real},
      UNIQUE (experiment_id, example_id, repetition),
      FOREIGN KEY (experiment_id, example_id) REFERENCES experiment_examples ON DELETE CASCADE
    ) ${tableEnd}`,

    `CREATE TABLE evaluation_runs (
      id                 ${identity},
      task_run_id        ${integer} NOT NULL REFERENCES task_runs (id) ON DELETE CASCADE,
      name               ${text} NOT NULL,
      kind               ${text} NOT NULL CHECK (kind IN ('CODE', 'LLM', 'HUMAN')),
      direction          ${text} NOT NULL CHECK (direction IN ('maximize', 'minimize', 'neutral')),
      status             ${text} NOT NULL CHECK (status IN ('ok', 'failed', 'skipped')),
      score              ${real},
      label              ${text},
      explanation        ${text},
      metadata           ${text} NOT NULL,         -- JSON
      error              ${text},
      attempts           ${integer} NOT NULL CHECK (attempts >= 1),
      started_at         ${integer} NOT NULL,
      ended_at           ${integer} NOT NULL,
      latency_ms         ${real},
      wait_ms            ${real},
      trace_id           ${text},
      prompt_tokens      ${real},
      completion_tokens  ${real},
      cost_usd           ${real},
      UNIQUE (task_run_id, name)
    ) ${tableEnd}`,

    `CREATE TABLE tags (
      id             ${identity},
      dataset_id     ${integer} NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      experiment_id  ${integer} NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
      name           ${text} NOT NULL,
      description    ${text},
      UNIQUE (dataset_id, name)
    ) ${tableEnd}`,
    `CREATE INDEX tags_by_experiment ON tags (experiment_id)`,

    // What a record said before it was replaced. Written in the transaction that replaces it.
    `CREATE TABLE superseded_records (
      id             ${identity},
      experiment_id  ${integer} NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
      kind           ${text} NOT NULL CHECK (kind IN ('task_run', 'evaluation_run')),
      record_id      ${integer} NOT NULL,
      record         ${text} NOT NULL,             -- JSON of the old row
      superseded_at  ${integer} NOT NULL,
      epoch          ${integer}                 -- of the job that replaced it; NULL when none did
    ) ${tableEnd}`,
    `CREATE INDEX superseded_records_by_experiment ON superseded_records (experiment_id)`,
  ],
};
