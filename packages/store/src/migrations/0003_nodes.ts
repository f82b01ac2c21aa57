import type { Migration } from './migration.ts';

/** What the REST API shows of splits, the spans that are sent to it, and its order of runs. */
export const nodes: Migration = {
  name: '0003_nodes',
  up: ({ identity, integer, text, real, tableEnd }) => [
    `ALTER TABLE splits ADD COLUMN color ${text} NOT NULL DEFAULT '#808080'`,
    `ALTER TABLE splits ADD COLUMN metadata ${text} NOT NULL DEFAULT '{}'`,
    `ALTER TABLE splits ADD COLUMN updated_at ${integer} NOT NULL DEFAULT 0`,
    `UPDATE splits SET updated_at = created_at`,

    // Runs are listed in the order of their ids, and failures counted, without reading the outputs.
    `CREATE INDEX task_runs_by_experiment ON task_runs (experiment_id, id)`,
    `CREATE INDEX task_runs_failed ON task_runs (experiment_id) WHERE error IS NOT NULL`,

    // A run has the id of its trace and no more, as the trace may come later, or never.
    `CREATE TABLE spans (
      id                 ${identity},
      trace_id           ${text} NOT NULL,         -- 32 hex digits
      span_id            ${text} NOT NULL,         -- 16 hex digits
      parent_id          ${text},
      project_name       ${text} NOT NULL,
      name               ${text} NOT NULL,
      kind               ${text} NOT NULL,         -- of OpenInference: CHAIN, LLM, EVALUATOR …
      status             ${text} NOT NULL CHECK (status IN ('UNSET', 'OK', 'ERROR')),
      status_message     ${text} NOT NULL,
      started_at         ${integer} NOT NULL,
      ended_at           ${integer} NOT NULL,
      prompt_tokens      ${real},
      completion_tokens  ${real},
      model_name         ${text},
      attributes         ${text} NOT NULL,         -- JSON
      UNIQUE (trace_id, span_id)
    ) ${tableEnd}`,
  ],
};
