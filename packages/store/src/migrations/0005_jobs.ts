import type { Migration } from './migration.ts';

/** Background jobs: what is to be carried out, who is doing it, how far it is, and what went wrong. */
export const jobs: Migration = {
  name: '0005_jobs',
  up: ({ identity, integer, text, tableEnd }) => [
    `CREATE TABLE experiment_jobs (
      id               ${identity},
      experiment_id    ${integer} NOT NULL UNIQUE REFERENCES experiments (id) ON DELETE CASCADE,
      runner           ${text} NOT NULL CHECK (runner IN ('server', 'process')),
      status           ${text} NOT NULL CHECK (status IN ('RUNNING', 'COMPLETED', 'STOPPED', 'ERROR')),
      epoch            ${integer} NOT NULL,       -- the fencing token: counts up with each start, resume and take-up
      spec             ${text} NOT NULL,          -- JSON: the task and the evaluators
      evaluator_names  ${text} NOT NULL,          -- JSON list
      max_concurrency  ${integer} NOT NULL CHECK (max_concurrency >= 1),
      ephemeral        ${integer} NOT NULL CHECK (ephemeral IN (0, 1)),
      created_at       ${integer} NOT NULL,
      started_at       ${integer} NOT NULL,       -- of the last start or resume
      updated_at       ${integer} NOT NULL,
      watched_at       ${integer} NOT NULL        -- when somebody was last seen watching
    ) ${tableEnd}`,
    `CREATE INDEX experiment_jobs_by_status ON experiment_jobs (status, id)`,

    // Who is working on a job. One that does not renew its lease, by the database's clock, is taken for dead.
    `CREATE TABLE job_holders (
      experiment_id  ${integer} NOT NULL REFERENCES experiment_jobs (experiment_id) ON DELETE CASCADE,
      holder         ${text} NOT NULL,
      epoch          ${integer} NOT NULL,
      lease_until    ${integer} NOT NULL,
      in_flight      ${integer} NOT NULL,         -- calls started and not yet saved
      PRIMARY KEY (experiment_id, holder, epoch)
    ) ${tableEnd}`,

    // Kept in the transaction that saves the record, a row per writer, so that servers do not wait for each other.
    `CREATE TABLE job_counts (
      experiment_id       ${integer} NOT NULL REFERENCES experiment_jobs (experiment_id) ON DELETE CASCADE,
      writer              ${text} NOT NULL,
      ok_runs             ${integer} NOT NULL,
      failed_runs         ${integer} NOT NULL,
      ok_evaluations      ${integer} NOT NULL,
      failed_evaluations  ${integer} NOT NULL,
      PRIMARY KEY (experiment_id, writer)
    ) ${tableEnd}`,

    `CREATE TABLE job_errors (
      id             ${identity},
      experiment_id  ${integer} NOT NULL REFERENCES experiment_jobs (experiment_id) ON DELETE CASCADE,
      occurred_at    ${integer} NOT NULL,
      kind           ${text} NOT NULL CHECK (kind IN ('task', 'evaluation', 'experiment')),
      example_id     ${text},                     -- the id that the user knows, as a message names it
      repetition     ${integer},
      evaluator      ${text},
      message        ${text} NOT NULL
    ) ${tableEnd}`,
    `CREATE INDEX job_errors_by_experiment ON job_errors (experiment_id, id)`,
  ],
};
