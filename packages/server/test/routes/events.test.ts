import { expect, test } from 'vitest';
import { evaluationOf, nodeId, runOf, startExperiment, startServer } from '../fixtures/server.ts';

/** Reads so many events of a stream, then leaves. */
async function read(response: Response, count: number) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (text.split('\n\n').length <= count) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text
    .split('\n\n')
    .slice(0, count)
    .map((event) => {
      const [, id, type, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(event)!;
      return { id: id!, type: type!, data: JSON.parse(data!) as Record<string, unknown> };
    });
}

async function watched() {
  const started = await startServer();
  const experiment = await startExperiment(started.ask, { examples: 5 });
  const url = `http://localhost/v1/experiments/${experiment.id}/events`;
  const watch = async (lastEventId?: string) =>
    started.server.fetch(
      new Request(url, lastEventId === undefined ? {} : { headers: { 'last-event-id': lastEventId } }),
    );
  const save = async (index: number) =>
    (
      (await started.ask('POST', `/v1/experiments/${experiment.id}/runs`, runOf(experiment.nodeIds[index]!))).json as {
        data: { id: string };
      }
    ).data.id;
  return { ...started, ...experiment, watch, save };
}

test('gives a snapshot first, then what is saved', async () => {
  const { ask, watch, save } = await watched();
  const response = await watch();
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reading = read(response, 3);
  const [snapshot] = await read(await watch(), 1);
  expect(snapshot).toMatchObject({ type: 'snapshot', data: { job: null, summary: { task_runs: { missing: 5 } } } });
  const runId = await save(0);
  await ask('POST', '/v1/experiment_evaluations', evaluationOf(runId));
  expect(await reading).toMatchObject([
    { type: 'snapshot' },
    { type: 'task-run-saved', data: { run: { id: runId, output: 'yes' } } },
    { type: 'evaluation-run-saved', data: { run: { experiment_run_id: runId, name: 'exact' } } },
  ]);
});

test('goes on after the last event that was seen', async () => {
  const { watch, save } = await watched();
  const [snapshot] = await read(await watch(), 1);
  const runIds = [await save(0), await save(1), await save(2)];
  const [first] = await read(await watch(snapshot!.id), 1);
  expect(first).toMatchObject({ type: 'task-run-saved', data: { run: { id: runIds[0] } } });
  const rest = await read(await watch(first!.id), 2);
  expect(rest.map(({ data }) => data)).toMatchObject([{ run: { id: runIds[1] } }, { run: { id: runIds[2] } }]);
});

test('gives one snapshot to a watcher whose last event is not known', async () => {
  const { watch, save } = await watched();
  await read(await watch(), 1);
  await save(0);
  for (const unknown of ['nonsense', 'other-7']) {
    const [snapshot] = await read(await watch(unknown), 1);
    expect(snapshot).toMatchObject({ type: 'snapshot', data: { summary: { task_runs: { ok: 1 } } } });
  }
});

test('ends its streams when the server closes', async () => {
  const { server, watch } = await watched();
  const response = await watch();
  const reader = response.body!.getReader();
  await reader.read();
  await server.close();
  for (let isDone = false; !isDone;) isDone = (await reader.read()).done;
  expect((await watch()).status).toBe(503);
});

test('knows no experiment that is not there', async () => {
  const { get } = await watched();
  expect((await get(`/v1/experiments/${nodeId('Experiment', 99)}/events`)).status).toBe(404);
});
