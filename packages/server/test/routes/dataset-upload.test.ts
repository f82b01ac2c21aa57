import { toArrowIPC, fromJSONL } from '@assay/frames';
import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { form, startServer, upload } from '../fixtures/server.ts';

const path = '/v1/datasets/upload?sync=true';

async function examplesOf(get: (path: string) => Promise<{ json: unknown }>, datasetId: string) {
  const { data } = (await get(`/v1/datasets/${datasetId}/examples`)).json as {
    data: { examples: Record<string, unknown>[] };
  };
  return data.examples.map(({ input, output, metadata }) => ({ input, output, metadata }));
}

test('answers null when it is not asked to wait, and has written it all the same', async () => {
  const { ask, get } = await startServer();
  const answer = await ask('POST', '/v1/datasets/upload', { name: 'd', inputs: [{ q: 1 }] });
  expect(answer).toMatchObject({ status: 200, text: 'null' });
  expect((await get('/v1/datasets?name=d')).json).toMatchObject({ data: [{ example_count: 1 }] });
});

test('counts what an upload created, updated and deleted', async () => {
  const { ask } = await startServer();
  const inputs = [{ q: 1 }, { q: 2 }];
  const first = await ask('POST', path, { name: 'd', inputs, example_ids: ['a', 'b'] });
  expect(first.json).toMatchObject({
    data: { num_created_examples: 2, num_updated_examples: 0, num_deleted_examples: 0 },
  });
  const second = await ask('POST', path, { name: 'd', action: 'UPDATE', inputs: [{ q: 3 }], example_ids: ['a'] });
  expect(second.json).toMatchObject({
    data: { num_created_examples: 0, num_updated_examples: 1, num_deleted_examples: 1 },
  });
});

test('makes one version of many uploads of the same rows at once', async () => {
  const { ask, get } = await startServer();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => ask('POST', path, { action: 'update', name: 'd', inputs: [{ q: 1 }] })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const { dataset_id } = (answers[0]!.json as { data: { dataset_id: string } }).data;
  expect(((await get(`/v1/datasets/${dataset_id}/versions`)).json as { data: unknown[] }).data.length).toBe(1);
});

test('refuses what is not as it should be, and keeps the dataset unharmed', async () => {
  const { ask, get } = await startServer();
  await upload(ask, { name: 'd', inputs: [{ q: 1 }], example_ids: ['a'] });
  const deep = `{"name":"e","inputs":[{"q":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`;
  const bad: readonly (readonly [unknown, number])[] = [
    [{ name: 'd', inputs: [{}] }, 409],
    [{ name: 'e', inputs: [{}, {}], outputs: [{}] }, 422],
    [{ name: 'e', inputs: [{}, {}], example_ids: ['x', 'x'] }, 422],
    [{ name: 'e', inputs: ['text'] }, 422],
    [{ name: 'e', inputs: null }, 422],
    [{ name: ' ', inputs: [] }, 422],
    [{ name: 'e\0f', inputs: [] }, 422],
    [{ inputs: [] }, 422],
    ['{"name":"e","inputs":[{"q":NaN}]}', 422],
    ['{"name":"e","inputs":[{"q":Infinity}]}', 422],
    ['{"name":"e","inputs":[{"q":1e999}]}', 422],
    [`{"name":"e","inputs":[{"q":[{"r":-${'9'.repeat(400)}}]}]}`, 422],
    ['{"name":"e"', 422],
    ['', 422],
    [deep, 422],
    [new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 422],
  ];
  for (const [body, status] of bad)
    expect(
      (await ask('POST', path, body, { 'content-type': 'application/json' })).status,
      String(body).slice(0, 80),
    ).toBe(status);
  expect((await ask('POST', path, 'a=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
  expect((await ask('POST', path, new Uint8Array([1]))).status).toBe(400);
  expect((await get('/v1/datasets')).json).toMatchObject({
    data: [{ name: 'd', example_count: 1 }],
    next_cursor: null,
  });
});

test('keeps the largest numbers, and text that looks like a larger one', async () => {
  const { ask, get } = await startServer();
  const input = { large: Number.MAX_VALUE, small: 1e-300, text: `1e999 ${'9'.repeat(400)}` };
  const { dataset_id: id } = await upload(ask, { name: 'd', inputs: [input] });
  expect(await examplesOf(get, id)).toMatchObject([{ input }]);
});

test('says of an unknown action what clients look for', async () => {
  const { ask } = await startServer();
  const answer = await ask('POST', path, { name: 'd', action: 'replace', inputs: [] });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('Invalid dateset action');
});

test('refuses a body that is larger than the limit, also one that does not say how large it is', async () => {
  const { server } = await startServer();
  const chunk = new Uint8Array(8 * 1024 * 1024).fill(0x20);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent++ < 20) controller.enqueue(chunk);
      else controller.close();
    },
  });
  const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } } as RequestInit;
  expect((await server.fetch(new Request(`http://localhost${path}`, init))).status).toBe(413);
  expect(sent).toBeLessThan(12);
});

test('reads a CSV: text stays text, blank cells say nothing, and dots are nesting', async () => {
  const { ask, get } = await startServer();
  const csv = 'input.q,input.meta.lang,output.a,metadata.tags\n1,de,yes,"[""x"",""y""]"\n2,,,\n';
  const fields = [
    ['name', 'csv'],
    ['input_keys[]', 'input.q'],
    ['input_keys[]', 'input.meta.lang'],
    ['output_keys[]', 'output.a'],
    ['metadata_keys[]', 'metadata.tags'],
  ] as const;
  for (const [encoding, content] of [
    [undefined, csv],
    ['gzip', gzipSync(csv)],
    ['deflate', deflateSync(csv)],
  ] as const) {
    const name = `csv-${encoding}`;
    const [body, headers] = form([...fields.slice(1), ['name', name]], {
      type: 'text/csv',
      content,
      ...(encoding ? { encoding } : {}),
    });
    const { json, status } = await ask('POST', path, body, headers);
    expect(status).toBe(200);
    expect(await examplesOf(get, (json as { data: { dataset_id: string } }).data.dataset_id)).toEqual([
      { input: { q: '1', meta: { lang: 'de' } }, output: { a: 'yes' }, metadata: { tags: ['x', 'y'] } },
      { input: { q: '2' }, output: {}, metadata: {} },
    ]);
  }
});

test('flattens columns of objects, and takes splits and ids from columns', async () => {
  const { ask, get } = await startServer();
  const csv = 'payload,kind,key\n"{""q"":1,""r"":{""s"":2}}","[""train"",""v1""]",r1\n"{""q"":2}",test,NaN\n';
  const fields = [
    ['name', 'd'],
    ['input_keys[]', 'payload'],
    ['flatten_keys[]', 'payload'],
    ['split_key', 'kind'],
    ['example_id_key', 'key'],
  ] as const;
  const [body, headers] = form(fields, { type: 'text/csv', content: csv });
  const { json } = await ask('POST', path, body, headers);
  const { dataset_id } = (json as { data: { dataset_id: string } }).data;
  const lines = (await get(`/v1/datasets/${dataset_id}/jsonl`)).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { id: 'r1', input: { q: 1, r: { s: 2 } }, splits: ['train', 'v1'] },
    { input: { q: 2 }, splits: ['test'] },
  ]);
  expect(lines[1].id).toBe(lines[1].node_id);
});

test('reads JSON lines and Arrow', async () => {
  const { ask, get } = await startServer();
  const fields = [
    ['input_keys[]', 'q'],
    ['output_keys[]', 'a'],
  ] as const;
  const lines = '{"q":1,"a":{"b":null}}\n\n{"q":"two"}\n';
  const jsonl = form([...fields, ['name', 'jsonl']], { type: 'application/jsonl', content: lines });
  const first = (await ask('POST', path, ...jsonl)).json as { data: { dataset_id: string } };
  expect(await examplesOf(get, first.data.dataset_id)).toEqual([
    { input: { q: 1 }, output: { a: { b: null } }, metadata: {} },
    { input: { q: 'two' }, output: {}, metadata: {} },
  ]);
  const content = toArrowIPC(fromJSONL('{"q":1.5,"a":"x"}\n{"q":2,"a":null}\n'));
  const arrow = form([...fields, ['name', 'arrow']], { type: 'application/x-pandas-pyarrow', content });
  const second = (await ask('POST', path, ...arrow)).json as { data: { dataset_id: string } };
  expect(await examplesOf(get, second.data.dataset_id)).toEqual([
    { input: { q: 1.5 }, output: { a: 'x' }, metadata: {} },
    { input: { q: 2 }, output: { a: null }, metadata: {} },
  ]);
});

test('refuses forms and files that are not what they say', async () => {
  const { ask, get } = await startServer();
  const fields = [
    ['name', 'd'],
    ['input_keys[]', 'q'],
  ] as const;
  const bad = [
    form(fields, { type: 'text/csv', content: 'q,q\n1,2\n' }),
    form(fields, { type: 'text/csv', content: 'x\n1\n' }),
    form(fields, { type: 'text/csv', content: 'q\n"1\n' }),
    form(fields, { type: 'text/csv', content: 'q\n1,2\n' }),
    form(fields, { type: 'text/csv', content: 'q\n1\n', encoding: 'gzip' }),
    form(fields, { type: 'text/csv', content: 'q\n1\n', encoding: 'br' }),
    form(fields, { type: 'text/csv', content: new Uint8Array([0x71, 0x0a, 0xff, 0xfe]) }),
    form(fields, { type: 'text/plain', content: 'q\n1\n' }),
    form(fields, { type: 'application/jsonl', content: '{"q":1}\n[1]\n' }),
    form(fields, { type: 'application/jsonl', content: '{"q":NaN}\n' }),
    form(fields, { type: 'application/x-pandas-pyarrow', content: 'no arrow' }),
    form(
      [
        ['name', 'd'],
        ['input_keys[]', 'q'],
        ['flatten_keys[]', 'q'],
      ],
      { type: 'text/csv', content: 'q\n[1]\n' },
    ),
    form(
      [
        ['input_keys[]', 'a'],
        ['input_keys[]', 'b'],
        ['flatten_keys[]', 'a'],
        ['name', 'd'],
      ],
      { type: 'text/csv', content: 'a,b\n"{""b"":1}",2\n' },
    ),
    ['no form', { 'content-type': 'multipart/form-data; boundary=x' }] as const,
    ['no form', { 'content-type': 'multipart/form-data' }] as const,
  ];
  for (const [body, headers] of bad) {
    const answer = await ask('POST', path, body, headers);
    expect(answer.status, answer.text).toBe(422);
  }
  expect((await get('/v1/datasets')).json).toMatchObject({ data: [] });
});

test('refuses a packed file that is a bomb', async () => {
  const { ask } = await startServer();
  const content = gzipSync(Buffer.alloc(300 * 1024 * 1024, 'a'));
  const [body, headers] = form(
    [
      ['name', 'd'],
      ['input_keys[]', 'a'],
    ],
    { type: 'text/csv', content, encoding: 'gzip' },
  );
  expect((await ask('POST', path, body, headers)).status).toBe(413);
});

test('keeps a key that JavaScript has another meaning for', async () => {
  const { ask, get } = await startServer();
  const { json } = await ask('POST', path, '{"name":"d","inputs":[{"__proto__":{"a":1},"constructor":2}]}', {
    'content-type': 'application/json',
  });
  const { text } = await get(`/v1/datasets/${(json as { data: { dataset_id: string } }).data.dataset_id}/examples`);
  expect(text).toContain('"input":{"__proto__":{"a":1},"constructor":2}');
});
