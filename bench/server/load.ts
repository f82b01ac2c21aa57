import { Agent, request } from 'node:http';

/** Sends requests over a fixed number of connections that stay open. */
export class Load {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, connections: number) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** @throws Error when the answer is none of success. */
  send(method: string, path: string, body?: unknown): Promise<Buffer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers =
        text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const sent = request(`${this.#url}${path}`, { method, agent: this.#agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks);
          if (response.statusCode! < 300) resolve(answer);
          else
            reject(new Error(`${method} ${path} answered ${response.statusCode}: ${answer.toString().slice(0, 300)}`));
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }

  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    return JSON.parse((await this.send(method, path, body)).toString()) as T;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Sends as many at once as there are connections, until all are sent. @returns How many were answered in a second. */
export async function perSecond(
  count: number,
  connections: number,
  send: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < count) await send(next++);
    }),
  );
  return count / ((performance.now() - startedAt) / 1000);
}

/** An experiment over as many examples. */
export async function makeExperiment(
  load: Load,
  examples: number,
): Promise<{ id: string; datasetId: string; nodeIds: readonly string[] }> {
  const name = `bench ${Date.now().toString(36)} ${Math.random().toString(36).slice(2)}`;
  const inputs = Array.from({ length: examples }, (_, index) => ({ index, text: 'x'.repeat(200) }));
  type Uploaded = { data: { dataset_id: string } };
  const { data } = await load.json<Uploaded>('POST', '/v1/datasets/upload?sync=true', {
    action: 'create',
    name,
    inputs,
  });
  const created = await load.json<{ data: { id: string } }>('POST', `/v1/datasets/${data.dataset_id}/experiments`, {});
  type Examples = { data: { examples: { id: string; node_id?: string }[] } };
  const listed = await load.json<Examples>('GET', `/v1/datasets/${data.dataset_id}/examples`);
  const nodeIds = listed.data.examples.map(({ id, node_id }) => node_id ?? id);
  return { id: created.data.id, datasetId: data.dataset_id, nodeIds };
}

/** A run of about 600 bytes. */
export function runBody(nodeId: string) {
  const at = new Date();
  return {
    dataset_example_id: nodeId,
    output: { answer: 'y'.repeat(400) },
    repetition_number: 1,
    start_time: at.toISOString().replace('Z', '+00:00'),
    end_time: at.toISOString().replace('Z', '+00:00'),
    trace_id: null,
    error: null,
  };
}
