import type { Generated } from 'kysely';

/** The tables, for both databases. Times are microseconds since 1970, durations milliseconds, JSON is text. */
export interface Database {
  datasets: {
    id: Generated<number>;
    name: string;
    description: string | null;
    metadata: string;
    created_at: number;
    updated_at: number;
  };
  dataset_versions: {
    id: Generated<number>;
    dataset_id: number;
    description: string | null;
    metadata: string;
    example_count: number;
    created_at: number;
  };
  examples: { id: Generated<number>; dataset_id: number; external_id: string | null };
  example_revisions: {
    id: Generated<number>;
    example_id: number;
    version_id: number;
    kind: 'CREATE' | 'PATCH' | 'DELETE';
    content_hash: string;
    input: string;
    expected: string;
    metadata: string;
  };
  splits: {
    id: Generated<number>;
    name: string;
    description: string | null;
    color: Generated<string>;
    metadata: Generated<string>;
    created_at: number;
    updated_at: number;
  };
  split_examples: { split_id: number; example_id: number };
  staged_examples: {
    upload_id: number;
    position: number;
    external_id: string | null;
    node_row: number | null;
    example_row: number | null;
    content_hash: string;
    input: string;
    expected: string;
    metadata: string;
    splits: string | null;
  };
  experiments: {
    id: Generated<number>;
    dataset_id: number;
    version_id: number;
    name: string;
    description: string | null;
    metadata: string;
    repetitions: number;
    example_count: number;
    project_name: string | null;
    created_at: number;
    updated_at: number;
  };
  experiment_splits: { experiment_id: number; split_id: number };
  experiment_examples: { experiment_id: number; example_id: number; revision_id: number };
  task_runs: CallColumns & {
    id: Generated<number>;
    experiment_id: number;
    example_id: number;
    repetition: number;
    output: string;
  };
  evaluation_runs: CallColumns & {
    id: Generated<number>;
    task_run_id: number;
    name: string;
    kind: string;
    direction: string;
    status: string;
    score: number | null;
    label: string | null;
    explanation: string | null;
    metadata: string;
  };
  tags: { id: Generated<number>; dataset_id: number; experiment_id: number; name: string; description: string | null };
  spans: {
    id: Generated<number>;
    trace_id: string;
    span_id: string;
    parent_id: string | null;
    project_name: string;
    name: string;
    kind: string;
    status: string;
    status_message: string;
    started_at: number;
    ended_at: number;
    prompt_tokens: number | null;
    completion_tokens: number | null;
    model_name: string | null;
    attributes: string;
    events: Generated<string>;
  };
  labels: { id: Generated<number>; name: string; description: string | null; color: string };
  dataset_labels: { dataset_id: number; label_id: number };
  trace_annotations: {
    id: Generated<number>;
    target: 'span' | 'trace';
    target_id: string;
    name: string;
    identifier: string;
    kind: string;
    score: number | null;
    label: string | null;
    explanation: string | null;
    metadata: string;
    created_at: number;
    updated_at: number;
  };
  experiment_jobs: {
    id: Generated<number>;
    experiment_id: number;
    runner: 'server' | 'process';
    status: 'RUNNING' | 'COMPLETED' | 'STOPPED' | 'ERROR';
    epoch: number;
    spec: string;
    evaluator_names: string;
    max_concurrency: number;
    ephemeral: number;
    created_at: number;
    started_at: number;
    updated_at: number;
    watched_at: number;
  };
  job_holders: {
    experiment_id: number;
    holder: string;
    epoch: number;
    lease_until: number;
    in_flight: number;
    stopping: Generated<number>;
  };
  job_counts: {
    experiment_id: number;
    writer: string;
    ok_runs: number;
    failed_runs: number;
    ok_evaluations: number;
    failed_evaluations: number;
  };
  job_errors: {
    id: Generated<number>;
    experiment_id: number;
    occurred_at: number;
    kind: string;
    example_id: string | null;
    repetition: number | null;
    evaluator: string | null;
    message: string;
  };
  rate_limits: { key: string; state: string };
  model_calls: { key: string; answer: string; created_at: number };
  superseded_records: {
    id: Generated<number>;
    experiment_id: number;
    kind: 'task_run' | 'evaluation_run';
    record_id: number;
    record: string;
    superseded_at: number;
    epoch: number | null;
  };
}

/** What task runs and evaluation runs have in common. */
export interface CallColumns {
  error: string | null;
  attempts: number;
  started_at: number;
  ended_at: number;
  latency_ms: number | null;
  wait_ms: number | null;
  trace_id: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  cost_usd: number | null;
  cached_prompt_tokens: number | null;
  replayed_calls: number | null;
}
