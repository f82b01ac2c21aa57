import { z } from '@hono/zod-openapi';
import type { NodeExample } from '@assay/store';
import type { Api } from '../api.ts';
import { csvLine } from '../csv.ts';
import { attachment, streamText } from '../download.ts';
import type { JsonObject } from '../schemas.ts';
import { contentToWire } from '../wire.ts';
import { datasetAt } from './datasets.ts';
import type { Services } from './services.ts';

const query = z.object({ version_id: z.string().optional() });

/** Downloads of a version: CSV, and JSON lines in three forms. */
export function addDatasetDownloadRoutes(api: Api, { store }: Services): void {
  const lines: Readonly<Record<string, (example: NodeExample) => unknown>> = {
    jsonl: (example) => ({
      id: example.id,
      node_id: example.nodeId,
      ...contentToWire(example),
      splits: example.splits,
    }),
    'jsonl/openai_ft': tuningOf,
    'jsonl/openai_evals': evalOf,
  };
  for (const [format, lineOf] of Object.entries(lines)) {
    api.add(
      {
        method: 'get',
        path: `/v1/datasets/{dataset_id}/${format}`,
        summary: 'Download the examples as JSON lines',
        tag: 'Datasets',
        query,
        rawAnswer: 'text/plain',
        failures: [404],
      },
      async ({ params, query: { version_id } }) => {
        const dataset = await datasetAt(store, (params as { dataset_id: string }).dataset_id, version_id);
        const examples = store.nodes.listExamples({ datasetId: dataset.id, versionId: dataset.versionId });
        async function* written() {
          for await (const example of examples) yield `${JSON.stringify(lineOf(example))}\n`;
        }
        return streamText(written(), 'text/plain', attachment(`${dataset.name}.jsonl`));
      },
    );
  }

  api.add(
    {
      method: 'get',
      path: '/v1/datasets/{dataset_id}/csv',
      summary: 'Download the examples as CSV; nesting is dots in the names of columns',
      tag: 'Datasets',
      query,
      rawAnswer: 'text/csv',
      failures: [404],
    },
    async ({ params, query: { version_id } }) => {
      const dataset = await datasetAt(store, params.dataset_id, version_id);
      const pin = { datasetId: dataset.id, versionId: dataset.versionId };
      const headers = await headersOf(store.nodes.listExamples(pin));
      async function* written() {
        yield csvLine(headers);
        for await (const example of store.nodes.listExamples(pin)) {
          const row = rowOf(example);
          yield csvLine(headers.map((name) => row.get(name)));
        }
      }
      return streamText(written(), 'text/csv', attachment(`${dataset.name}.csv`));
    },
  );
}

/** The columns of all examples: those of the input first, then of the output and the metadata. */
async function headersOf(examples: AsyncIterable<NodeExample>): Promise<readonly string[]> {
  const seen = new Set<string>();
  for await (const example of examples) for (const name of rowOf(example).keys()) seen.add(name);
  const names = [...seen];
  const ofBucket = (bucket: string) => names.filter((name) => name.startsWith(`${bucket}.`));
  return [
    'id',
    'node_id',
    ...ofBucket('input'),
    ...ofBucket('output'),
    ...ofBucket('metadata'),
    ...names.filter((name) => name === 'splits'),
  ];
}

function rowOf(example: NodeExample): ReadonlyMap<string, unknown> {
  const row = new Map<string, unknown>([
    ['id', example.id],
    ['node_id', example.nodeId],
  ]);
  const { input, output, metadata } = contentToWire(example);
  spread(row, 'input', input);
  spread(row, 'output', output);
  spread(row, 'metadata', metadata);
  if (example.splits.length > 0) row.set('splits', example.splits);
  return row;
}

function spread(row: Map<string, unknown>, prefix: string, content: JsonObject): void {
  for (const [key, value] of Object.entries(content)) {
    const name = `${prefix}.${key}`;
    if (isObject(value) && Object.keys(value).length > 0) spread(row, name, value);
    else row.set(name, value);
  }
}

/** A line of OpenAI's fine-tuning format. */
function tuningOf(example: NodeExample) {
  const { input, output } = contentToWire(example);
  const tools = input['tools'];
  const messages = [...listOf(input['messages']), ...listOf(output['messages'])];
  return Array.isArray(tools) && tools.length > 0 ? { messages, tools } : { messages };
}

/** A line of OpenAI's evals format. */
function evalOf(example: NodeExample) {
  const { input, output } = contentToWire(example);
  const last = listOf(output['messages']).at(-1);
  const ideal = isObject(last) ? last['content'] : '';
  return { messages: listOf(input['messages']), ideal: typeof ideal === 'string' ? ideal : '' };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
