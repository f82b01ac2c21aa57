import type { Migration } from './migration.ts';

/** Labels of datasets, the events of spans, and what is said of spans and traces. */
export const labels: Migration = {
  name: '0004_labels',
  up: ({ identity, integer, text, real, tableEnd }) => [
    `CREATE TABLE labels (
      id           ${identity},
      name         ${text} NOT NULL UNIQUE,
      description  ${text},
      color        ${text} NOT NULL                -- #rrggbb
    ) ${tableEnd}`,

    `CREATE TABLE dataset_labels (
      dataset_id  ${integer} NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      label_id    ${integer} NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
      PRIMARY KEY (dataset_id, label_id)
    ) ${tableEnd}`,
    `CREATE INDEX dataset_labels_by_label ON dataset_labels (label_id)`,

    `ALTER TABLE spans ADD COLUMN events ${text} NOT NULL DEFAULT '[]'`,
    `CREATE INDEX spans_by_project ON spans (project_name, id)`,
    `CREATE INDEX spans_by_span_id ON spans (span_id)`,

    // By the ids of OpenTelemetry, as the span may come later than what is said of it.
    `CREATE TABLE trace_annotations (
      id           ${identity},
      target       ${text} NOT NULL CHECK (target IN ('span', 'trace')),
      target_id    ${text} NOT NULL,               -- hex digits
      name         ${text} NOT NULL,
      identifier   ${text} NOT NULL,               -- empty when there is none
      kind         ${text} NOT NULL CHECK (kind IN ('CODE', 'LLM', 'HUMAN')),
      score        ${real},
      label        ${text},
      explanation  ${text},
      metadata     ${text} NOT NULL,               -- JSON
      created_at   ${integer} NOT NULL,
      updated_at   ${integer} NOT NULL,
      UNIQUE (target, target_id, name, identifier)
    ) ${tableEnd}`,
  ],
};
