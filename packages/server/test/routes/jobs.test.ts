import { describe, expect, test } from 'vitest';
import { startJobs } from '../fixtures/jobs.ts';
import { nodeId } from '../fixtures/server.ts';

const model = { provider: 'openai', name: 'small', base_url: 'http://127.0.0.1:9/v1' };
const prompt = (changes: object = {}) => ({
  type: 'prompt',
  model,
  messages: [{ role: 'user', content: '{{input.question}}' }],
  ...changes,
});
const asking = (content: string) => prompt({ messages: [{ role: 'user', content }] });
const judge = (changes: object = {}) => ({
  name: 'judge',
  type: 'judge',
  model,
  messages: [{ role: 'user', content: '{{output}}' }],
  choices: { good: 1, bad: 0 },
  ...changes,
});

describe('refuses at the start, with nothing made', () => {
  const cases: readonly (readonly [what: string, body: object, message: string])[] = [
    ['no task', { task: undefined }, 'task'],
    ['a task of an unknown type', { task: { type: 'code' } }, 'type'],
    ['an unknown provider', { task: prompt({ model: { ...model, provider: 'other' } }) }, 'provider'],
    ['a model without a name', { task: prompt({ model: { ...model, name: '' } }) }, 'name'],
    ['no messages', { task: prompt({ messages: [] }) }, 'messages'],
    ['no user message', { task: prompt({ messages: [{ role: 'system', content: 'a' }] }) }, 'message of role user'],
    ['parameters out of range', { task: prompt({ parameters: { temperature: 9 } }) }, 'temperature'],
    ['parameters that are none', { task: prompt({ parameters: { heat: 1 } }) }, 'heat'],
    ['a field that is none', { concurrency: 3 }, 'concurrency'],
    ['no concurrency', { max_concurrency: 0 }, 'max_concurrency'],
    ['no repetition', { repetitions: 0 }, 'repetitions'],
    ['a variable that no example has', { task: asking('{{input.query}}') }, 'input.query'],
    ['a variable without its root', { task: asking('{{question}}') }, 'input.question'],
    ['braces that are not closed', { task: asking('{{input.question') }, 'Could not read the template'],
    [
      'an f-string that is none',
      { task: prompt({ template_format: 'f-string', messages: [{ role: 'user', content: '{' }] }) },
      'line 1, column 1',
    ],
    [
      'an address elsewhere',
      { task: prompt({ model: { ...model, base_url: 'http://169.254.169.254/' } }) },
      'ASSAY_PROVIDER_URLS',
    ],
    [
      'an address that only looks like this machine',
      { task: prompt({ model: { ...model, base_url: 'http://127.0.0.1.evil.example' } }) },
      'ASSAY_PROVIDER_URLS',
    ],
    ['a variable that is no key', { task: prompt({ model: { ...model, api_key_env: 'HOME' } }) }, 'api_key_env'],
    ["the server's own key", { task: prompt({ model: { ...model, api_key_env: 'ASSAY_API_KEY' } }) }, 'api_key_env'],
    [
      'a key that is not there',
      { task: prompt({ model: { ...model, api_key_env: 'OTHER_API_KEY' } }) },
      'OTHER_API_KEY',
    ],
    [
      'the usual key that is not there',
      { task: prompt({ model: { provider: 'anthropic', name: 'a' } }) },
      'ANTHROPIC_API_KEY',
    ],
    [
      'a compatible provider without an address',
      { task: prompt({ model: { provider: 'openai-compatible', name: 'a' } }) },
      'base_url',
    ],
    ['a registered task that is not there', { task: { type: 'registered', name: 'gone' } }, '--tasks'],
    ['an unknown builtin', { evaluators: [{ name: 'a', type: 'builtin', builtin: 'nothing' }] }, 'exact_match'],
    [
      'options that a builtin does not have',
      { evaluators: [{ name: 'a', type: 'builtin', builtin: 'exact_match', config: { loud: true } }] },
      'loud',
    ],
    [
      'a mapping from nowhere',
      { evaluators: [{ name: 'a', type: 'builtin', builtin: 'exact_match', mapping: { expected: 'answer' } }] },
      'mapping.expected',
    ],
    [
      'a registered evaluator that is not there',
      { evaluators: [{ name: 'gone', type: 'registered' }] },
      'registered evaluator',
    ],
    ['one choice', { evaluators: [judge({ choices: { good: 1 } })] }, 'two choices'],
    [
      'a judge that asks for what is not there',
      { evaluators: [judge({ messages: [{ role: 'user', content: '{{answer}}' }] })] },
      '{{answer}}',
    ],
    [
      'a judge that asks for what no example has',
      { evaluators: [judge({ messages: [{ role: 'user', content: 'Is {{output}} right? {{input.query}}' }] })] },
      'input.query',
    ],
    [
      'a mapping from what no example has',
      { evaluators: [{ name: 'a', type: 'builtin', builtin: 'exact_match', mapping: { expected: 'metadata.gold' } }] },
      'metadata.gold',
    ],
    ['two evaluators of one name', { evaluators: [judge(), judge()] }, 'judge'],
    ['an evaluator named like a result of another', { evaluators: [judge(), judge({ name: 'judge/a' })] }, 'judge/a'],
    ['splits that are not there', { splits: ['nowhere'] }, 'nowhere'],
  ];

  test('each with a 4xx that says what is wrong', async () => {
    const { ask, start, datasetId, provider } = await startJobs();
    for (const [what, body, message] of cases) {
      const { status, text } = await start({ task: prompt(), ...body });
      expect(status, `${what}: ${text}`).toBe(what.startsWith('splits') ? 404 : 422);
      expect(text, what).toContain(message);
      expect(text, what).not.toContain('sk-secret');
    }
    expect((await ask('GET', `/v1/datasets/${datasetId}/experiments`)).json).toMatchObject({ data: [] });
    expect(provider.calls()).toEqual([]);
  });
});

test('takes a base_url that is on the list, and none that only begins like it', async () => {
  const env = { ASSAY_PROVIDER_URLS: 'https://models.example/v1, https://other.example', OPENAI_API_KEY: 'a' };
  const { start } = await startJobs({ env });
  const withUrl = (base_url: string) => start({ task: prompt({ model: { ...model, base_url } }), max_concurrency: 1 });
  for (const url of [
    'https://models.example/v10',
    'https://models.example.evil/v1',
    'http://models.example/v1',
    'https://a:b@models.example/v1',
  ])
    expect((await withUrl(url)).status, url).toBe(422);
  expect((await withUrl('https://models.example/v1/sub')).status).toBe(201);
});

test('knows no dataset, experiment or job that is not there', async () => {
  const { ask, stop, resume } = await startJobs();
  const missing = nodeId('Experiment', 99);
  expect((await ask('POST', `/v1/datasets/${nodeId('Dataset', 99)}/experiment_jobs`, { task: prompt() })).status).toBe(
    404,
  );
  expect((await stop(missing)).status).toBe(404);
  expect((await resume(missing, { evaluators: [judge()] })).status).toBe(404);
  for (const path of ['job', 'job/errors']) {
    expect((await ask('GET', `/v1/experiments/${missing}/${path}`)).status, path).toBe(404);
    expect((await ask('GET', `/v1/experiments/nonsense/${path}`)).status, path).toBe(422);
  }
  expect((await resume('nonsense')).status).toBe(422);
});

test('watchers see the runs and the states of a job without asking', async () => {
  const { server, started, provider } = await startJobs({ examples: 3, provider: { behaviour: { latencyMs: 100 } } });
  const { experiment } = await started();
  const url = `http://localhost/v1/experiments/${experiment.id}/events`;
  const reader = (await server.fetch(new Request(url))).body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('COMPLETED')) text += (await reader.read()).value ?? '';
  await reader.cancel();
  const events = text.split('\n\n').flatMap((event) => {
    const [, type, data] = /event: (.*)\ndata: (.*)$/.exec(event) ?? [];
    return type === undefined
      ? []
      : [{ type, data: JSON.parse(data!) as Record<string, { status?: string; dataset_example_id?: string }> }];
  });
  expect(events[0]).toMatchObject({
    type: 'snapshot',
    data: { job: { status: 'RUNNING' }, summary: { task_runs: { planned: 3 } } },
  });
  const runs = events.filter(({ type }) => type === 'task-run-saved');
  expect(runs).toHaveLength(provider.calls().length);
  expect(Buffer.from(runs[0]!.data['run']!.dataset_example_id!, 'base64').toString()).toMatch(/^DatasetExample:\d+$/);
  expect(events.at(-1)).toMatchObject({ type: 'job', data: { job: { status: 'COMPLETED', completed_run_count: 3 } } });
});
