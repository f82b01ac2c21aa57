import { expect, test } from 'vitest';
import { startJobs } from '../fixtures/jobs.ts';

test('carries a prompt out over every example, and judges the answers', async () => {
  const { started, ended, runsOf, model, provider } = await startJobs();
  const { experiment, job } = await started({
    name: 'first',
    repetitions: 2,
    evaluators: [
      { name: 'exact', type: 'builtin', builtin: 'exact_match', mapping: { expected: 'expected.answer' } },
      {
        name: 'tone',
        type: 'judge',
        model: { ...model, name: 'judge' },
        messages: [{ role: 'user', content: 'Is it polite? {{output}}' }],
        choices: { polite: 1, rude: 0 },
      },
    ],
  });
  expect(job).toMatchObject({ status: 'RUNNING', expected_run_count: 10, expected_evaluation_count: 20, max_concurrency: 10 });
  expect(await ended(experiment.id)).toMatchObject({
    status: 'COMPLETED',
    completed_run_count: 10,
    failed_run_count: 0,
    completed_evaluation_count: 20,
    failed_evaluation_count: 0,
    error_rate: 0,
    in_flight_count: 0,
    last_error: null,
  });
  expect((await runsOf(experiment.id)).map(({ output }) => output)).toContain('What is 3?');
  expect(provider.calls()).toHaveLength(20);
});
