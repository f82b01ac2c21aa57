import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';

/** What the provider answers to one request for a model. */
export interface Reply {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer's text, or for another status the message of the error. An object is sent as JSON text. */
  readonly text?: unknown;
  readonly finishReason?: string;
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
  readonly delayMs?: number;
  readonly embeddings?: readonly (readonly number[])[];
}

/** A request as the provider saw it. */
export interface SeenRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly schema: { readonly properties: Readonly<Record<string, unknown>> } };
  };
  readonly temperature?: number;
  /** Whether the caller hung up before the answer. */
  readonly hungUp: boolean;
  /** How many requests were open when this one came, itself included. */
  readonly open: number;
}

/** A provider that speaks OpenAI's API, in a process of its own on loopback. */
export interface Provider {
  /** A language model that gives these replies one after the other, and the last of them from then on. */
  model(...replies: readonly Reply[]): Promise<ReturnType<ReturnType<typeof createOpenAICompatible>['chatModel']>>;
  /** The same, of a provider that can be told to write JSON, but not of which shape. */
  modelWithoutSchema(
    ...replies: readonly Reply[]
  ): Promise<ReturnType<ReturnType<typeof createOpenAICompatible>['chatModel']>>;
  embeddingModel(
    ...replies: readonly Reply[]
  ): Promise<ReturnType<ReturnType<typeof createOpenAICompatible>['embeddingModel']>>;
  requests(model: { readonly modelId: string }): Promise<readonly SeenRequest[]>;
  stop(): Promise<void>;
}

/** Starts the process. */
export async function startProvider(): Promise<Provider> {
  const child = fork(import.meta.filename, ['serve'], { stdio: 'inherit' });
  const [port] = (await once(child, 'message')) as [number];
  const origin = `http://127.0.0.1:${port}`;
  const client = createOpenAICompatible({
    name: 'loopback',
    baseURL: `${origin}/v1`,
    apiKey: 'none',
    supportsStructuredOutputs: true,
  });
  const withoutSchema = createOpenAICompatible({ name: 'loopback', baseURL: `${origin}/v1`, apiKey: 'none' });
  let count = 0;
  const script = async (replies: readonly Reply[]): Promise<string> => {
    const name = `model-${(count += 1)}`;
    await fetch(`${origin}/script`, { method: 'POST', body: JSON.stringify({ name, replies }) });
    return name;
  };
  return {
    model: async (...replies) => client.chatModel(await script(replies)),
    modelWithoutSchema: async (...replies) => withoutSchema.chatModel(await script(replies)),
    embeddingModel: async (...replies) => client.embeddingModel(await script(replies)),
    requests: async ({ modelId }) => (await (await fetch(`${origin}/requests/${modelId}`)).json()) as SeenRequest[],
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

function serve(): void {
  const scripts = new Map<string, readonly Reply[]>();
  const seen = new Map<string, SeenRequest[]>();
  let open = 0;

  const server = createServer((request, response) => {
    const send = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    const answer = async (): Promise<void> => {
      const path = request.url ?? '';
      if (path.startsWith('/requests/')) return send(200, seen.get(path.slice('/requests/'.length)) ?? []);
      const body = JSON.parse(await read(request)) as Record<string, unknown>;
      if (path === '/script') {
        scripts.set(String(body['name']), body['replies'] as Reply[]);
        return send(200, {});
      }
      const model = String(body['model']);
      const requests = seen.get(model) ?? [];
      seen.set(model, requests);
      const replies = scripts.get(model) ?? [];
      const reply = replies[Math.min(requests.length, replies.length - 1)] ?? {};
      const entry = { ...body, hungUp: false, open: (open += 1) };
      requests.push(entry as unknown as SeenRequest);
      response.on('close', () => {
        open -= 1;
        entry.hungUp = !response.writableFinished;
      });
      if (reply.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
      if (response.destroyed) return;
      const text = typeof reply.text === 'string' ? reply.text : JSON.stringify(reply.text ?? '');
      if ((reply.status ?? 200) !== 200)
        return send(reply.status!, { error: { message: text, type: 'error', code: null } }, reply.headers);
      if (path.endsWith('/embeddings'))
        return send(200, {
          data: (reply.embeddings ?? []).map((embedding) => ({ embedding })),
          usage: { prompt_tokens: reply.usage?.prompt_tokens ?? 0 },
        });
      send(200, {
        id: 'answer',
        created: 0,
        model,
        choices: [
          { index: 0, message: { role: 'assistant', content: text }, finish_reason: reply.finishReason ?? 'stop' },
        ],
        usage: reply.usage,
      });
    };
    void answer();
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit());
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

if (process.argv[2] === 'serve') serve();
