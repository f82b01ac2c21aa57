import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, type Asked, promptOf } from './answer.ts';
import type { Api, Body } from './apis/api.ts';
import { apis } from './apis/index.ts';
import type { Behaviour, Failure, Reply } from './behaviour.ts';
import { type CallStart, CallWriter, credentialOf, monotonicMs, type Outcome } from './call-log.ts';
import { draw } from './draw.ts';
import { TokenBucket } from './token-bucket.ts';

/** What a provider is started with; plain JSON. */
export interface ServerOptions {
  /** The file that calls are written to. */
  readonly log: string;
  /** Whether the log keeps what was sent, whole. Default false. */
  readonly bodies?: boolean;
  /** Settles which calls fail and how long each takes. Default 1. */
  readonly seed?: number;
  /** Of the models that `models` does not name. */
  readonly behaviour?: Behaviour;
  readonly models?: Readonly<Record<string, Behaviour>>;
}

/** The name that stands for every model without a behaviour of its own. */
export const anyModel = '*';

/** The provider's HTTP server: the vendors' paths, and `POST /behaviour` to change how a model behaves. */
export function createProviderServer(options: ServerOptions): Server {
  const { seed = 1, behaviour = {}, models = {}, bodies = false } = options;
  const log = new CallWriter(options.log);
  const behaviours = new Map(Object.entries({ ...models, [anyModel]: behaviour }));
  const buckets = new Map<string, TokenBucket>();
  const asks = new Map<string, number>();
  const scripted = new Map<string, number>();
  let calls = 0;
  let open = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://loopback').pathname;
    const body = JSON.parse(await bodyOf(request)) as Body;
    if (path === '/behaviour') {
      const model = String(body['model']);
      behaviours.set(model, body['behaviour'] as Behaviour);
      scripted.delete(model);
      return send(response, 200, {});
    }
    const api = apis.find((candidate) => candidate.path.test(path));
    if (!api) return send(response, 404, { error: { message: `This provider has no ${path}` } });
    const asked = api.read(body, api.path.exec(path)!.slice(1));
    if (asked.stream) return send(response, 400, api.error(400, 'This provider does not stream'));
    await answer(api, asked, began(api, asked, credentialOf(keyOf(request)), body), response);
  }

  function began(api: Api, asked: Asked, credential: string, body: Body): CallStart {
    const { model } = asked;
    const prompt = promptOf(asked);
    const call: CallStart = {
      id: (calls += 1),
      atMs: monotonicMs(),
      epochMs: Date.now(),
      api: api.name,
      model,
      credential,
      prompt,
      nth: increment(asks, JSON.stringify([model, prompt])),
      open: (open += 1),
      ...(bodies ? { body } : {}),
    };
    log.began(call);
    return call;
  }

  async function answer(api: Api, asked: Asked, call: CallStart, response: ServerResponse): Promise<void> {
    const { model, prompt, nth } = call;
    const behaviour = behaviours.get(model) ?? behaviours.get(anyModel)!;
    let outcome: Outcome = 'hung up';
    response.once('close', () => {
      open -= 1;
      log.ended(call.id, outcome, response.headersSent ? response.statusCode : null);
    });
    const settle = (status: number, content: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.once('finish', () => {
        outcome = status === 200 ? 'answered' : status === 429 ? 'refused' : 'failed';
      });
      send(response, status, content, headers);
    };

    const waitMs = bucketOf(behaviour, call)?.take(call.atMs) ?? 0;
    if (waitMs > 0)
      return settle(429, api.error(429, 'Rate limit reached'), behaviour.limit?.retryAfter ? retryAfter(waitMs) : {});

    const reply = replyOf(behaviour, model);
    const latencyMs = reply.latencyMs ?? drawBetween(behaviour.latencyMs, draw('latency', seed, model, prompt, nth));
    if (latencyMs > 0) await sleep(latencyMs);
    if (response.destroyed) return;

    const failure = failureOf(behaviour.failures ?? [], nth, draw('failure', seed, model, prompt, nth));
    const content = (): unknown => api.answer(answerTo(asked, behaviour.answer, reply), asked);
    switch (failure?.kind) {
      case 'stall':
        outcome = 'stalled';
        return;
      case 'cut':
        outcome = 'cut';
        response.destroy();
        return;
      case 'reset': {
        outcome = 'reset';
        const text = JSON.stringify(content());
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
        response.write(text.slice(0, text.length / 2), () => response.socket?.resetAndDestroy());
        return;
      }
      case 'status':
        return settle(failure.status, api.error(failure.status, `Failed with ${failure.status}`), failure.headers);
    }
    const { status = 200, headers } = reply;
    if (status === 200) settle(200, content(), headers);
    else settle(status, api.error(status, String(reply.text ?? '')), headers);
  }

  function bucketOf({ limit }: Behaviour, { model, credential, atMs }: CallStart): TokenBucket | undefined {
    const key = JSON.stringify([model, credential]);
    if (limit && buckets.get(key)?.limit !== limit) buckets.set(key, new TokenBucket(limit, atMs));
    return limit && buckets.get(key);
  }

  function replyOf({ replies = [] }: Behaviour, model: string): Reply {
    return replies[Math.min(increment(scripted, model), replies.length) - 1] ?? {};
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, 400, { error: { message: String(error) } });
    });
  });
  // Longer than any client keeps a connection, or its next call could meet one that is being closed.
  server.keepAliveTimeout = 120_000;
  return server;
}

function failureOf(failures: readonly Failure[], nth: number, drawn: number): Failure | undefined {
  let share = 0;
  return failures.find((failure) => {
    if (nth > (failure.attempts ?? Infinity)) return false;
    share += failure.share;
    return drawn < share;
  });
}

function drawBetween(latencyMs: Behaviour['latencyMs'] = 0, drawn: number): number {
  const [least, most] = typeof latencyMs === 'number' ? [latencyMs, latencyMs] : latencyMs;
  return least + drawn * (most - least);
}

function retryAfter(waitMs: number): Record<string, string> {
  return { 'retry-after': String(Math.ceil(waitMs / 1000)), 'retry-after-ms': String(Math.ceil(waitMs)) };
}

function keyOf({ headers }: IncomingMessage): string {
  const { authorization, 'x-api-key': anthropic, 'x-goog-api-key': google } = headers;
  return String(authorization?.replace(/^Bearer /, '') ?? anthropic ?? google ?? '');
}

function increment(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(content));
}
