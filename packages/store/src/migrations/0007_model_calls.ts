import type { Migration } from './migration.ts';

/** Answers of models, to be replayed, and what runs and evaluations say of their cached and replayed calls. */
export const modelCalls: Migration = {
  name: '0007_model_calls',
  up: ({ integer, real, text, tableEnd }) => [
    `CREATE TABLE model_calls (
      key         ${text} PRIMARY KEY,          -- 64 hex digits: of everything that makes one call equal to another
      answer      ${text} NOT NULL,             -- JSON
      created_at  ${integer} NOT NULL
    ) ${tableEnd}`,
    ...['task_runs', 'evaluation_runs'].flatMap((table) => [
      `ALTER TABLE ${table} ADD COLUMN cached_prompt_tokens ${real}`,
      `ALTER TABLE ${table} ADD COLUMN replayed_calls ${real}`,
    ]),
  ],
};
