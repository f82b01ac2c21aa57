import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';

interface Streamer extends AsyncDisposable {
  readonly model: ReturnType<ReturnType<typeof createOpenAICompatible>['chatModel']>;
  readonly requests: () => number;
}

/** A server on loopback that streams an answer as OpenAI does, 10 ms a part. @param breaksOff - So many answers are cut after their first part. */
export async function startStreamer(
  parts: readonly string[],
  { breaksOff = 0 }: { readonly breaksOff?: number } = {},
): Promise<Streamer> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    const isCut = requests <= breaksOff;
    const send = (data: unknown): unknown =>
      response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
    const chunk = (delta: object, more: object = {}) => ({
      id: 'answer',
      created: 0,
      model: 'streamer',
      choices: [{ index: 0, delta, finish_reason: null }],
      ...more,
    });
    const stream = async (): Promise<void> => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const content of parts) {
        send(chunk({ role: 'assistant', content }));
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (isCut) return void response.destroy();
      }
      const choices = [{ index: 0, delta: {}, finish_reason: 'stop' }];
      send(chunk({}, { choices, usage: { prompt_tokens: 7, completion_tokens: parts.length } }));
      send('[DONE]');
      response.end();
    };
    void stream();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createOpenAICompatible({
    name: 'loopback',
    baseURL: `http://127.0.0.1:${port}/v1`,
    includeUsage: true,
  });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { model: client.chatModel('streamer'), requests: () => requests, [Symbol.asyncDispose]: close };
}
