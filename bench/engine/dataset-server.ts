/** Serves one dataset as Phoenix does, for the dry run of its official client. The number of examples is the argument. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const count = Number(process.argv[2]);
const now = '2026-01-01T00:00:00+00:00';
const dataset = {
  id: 'RGF0YXNldDox',
  name: 'bench',
  description: null,
  metadata: {},
  example_count: count,
  created_at: now,
  updated_at: now,
};
const examples = Array.from({ length: count }, (_, index) => {
  const id = Buffer.from(`DatasetExample:${index + 1}`).toString('base64');
  return {
    id,
    node_id: id,
    input: { question: `Question ${index}` },
    output: { answer: `Answer ${index}` },
    metadata: {},
    updated_at: now,
  };
});
const answers: readonly (readonly [RegExp, unknown])[] = [
  [
    /\/examples/,
    { data: { dataset_id: dataset.id, version_id: 'RGF0YXNldFZlcnNpb246MQ==', filtered_splits: [], examples } },
  ],
  [/^\/v1\/datasets\/[^/?]+(\?|$)/, { data: dataset }],
];

const server = createServer((request, response) => {
  const answer = answers.find(([path]) => path.test(request.url ?? ''))?.[1];
  response.writeHead(answer === undefined ? 404 : 200, {
    'content-type': 'application/json',
    'x-phoenix-server-version': '20.26.1',
  });
  response.end(JSON.stringify(answer ?? {}));
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
