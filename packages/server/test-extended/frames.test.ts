import { expect, test } from 'vitest';
import { evaluationOf, runOf } from '../test/fixtures/server.ts';
import { foundBy, python, startServer } from './started.ts';

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

test('gives frames that pyarrow reads, of more runs than one batch holds', async () => {
  const url = await startServer();
  const count = 20_000;
  const inputs = Array.from({ length: count }, (_, index) => ({ index }));
  const example_ids = inputs.map(({ index }) => `e${index}`);
  type Uploaded = { data: { dataset_id: string } };
  const { data } = await post<Uploaded>(`${url}/v1/datasets/upload?sync=true`, { name: 'd', inputs, example_ids });
  const created = await post<{ data: { id: string } }>(`${url}/v1/datasets/${data.dataset_id}/experiments`, {});
  const experiment = `${url}/v1/experiments/${created.data.id}`;
  const listed = (await (await fetch(`${url}/v1/datasets/${data.dataset_id}/examples`)).json()) as {
    data: { examples: { node_id: string }[] };
  };
  const nodeIds = listed.data.examples.map(({ node_id }) => node_id);
  for (let at = 0; at < count; at += 1000) {
    const runs = nodeIds.slice(at, at + 1000).map((node, index) => runOf(node, { output: `answer ${at + index}` }));
    const saved = await post<{ data: { id: string }[] }>(`${experiment}/runs/bulk`, { runs });
    const evaluations = saved.data.map(({ id }, index) =>
      evaluationOf(id, { result: { label: `label ${at + index}` } }),
    );
    await post(`${url}/v1/experiment_evaluations/bulk`, { evaluations });
  }
  expect(await foundBy(python, './read-frames.py', experiment)).toEqual({
    rows: count,
    same: true,
    first: ['e0', 'answer 0', 'label 0'],
    last: ['e19999', 'answer 19999', 'label 19999'],
    types: {
      run_id: 'string',
      repetition: 'int32',
      start_time: 'timestamp[ms, tz=UTC]',
      'eval.exact.label': expect.stringContaining('dictionary'),
    },
  });
});
