import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { type Reply, startProvider as startProcess } from '../../../tests/provider/provider.ts';

export type { Reply } from '../../../tests/provider/provider.ts';

/** A request as the provider saw it. */
export interface SeenRequest {
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

type Client = ReturnType<typeof createOpenAICompatible>;

/** The provider on loopback, each of whose models follows a script of its own. */
export interface Provider {
  /** A language model that gives these replies one after the other, and the last of them from then on. */
  model(...replies: readonly Reply[]): Promise<ReturnType<Client['chatModel']>>;
  /** The same, of a provider that can be told to write JSON, but not of which shape. */
  modelWithoutSchema(...replies: readonly Reply[]): Promise<ReturnType<Client['chatModel']>>;
  embeddingModel(...replies: readonly Reply[]): Promise<ReturnType<Client['embeddingModel']>>;
  requests(model: { readonly modelId: string }): Promise<readonly SeenRequest[]>;
  stop(): Promise<void>;
}

/** Starts the process. */
export async function startProvider(): Promise<Provider> {
  const provider = await startProcess({ bodies: true });
  const connection = { name: 'loopback', baseURL: provider.baseUrls.openai, apiKey: 'none' };
  const client = createOpenAICompatible({ ...connection, supportsStructuredOutputs: true });
  const withoutSchema = createOpenAICompatible(connection);
  let count = 0;
  const script = async (replies: readonly Reply[]): Promise<string> => {
    const name = `model-${(count += 1)}`;
    await provider.behave({ replies }, name);
    return name;
  };
  return {
    model: async (...replies) => client.chatModel(await script(replies)),
    modelWithoutSchema: async (...replies) => withoutSchema.chatModel(await script(replies)),
    embeddingModel: async (...replies) => client.embeddingModel(await script(replies)),
    requests: async ({ modelId }) => {
      const calls = await provider.until((all) =>
        all.every(({ model, outcome }) => model !== modelId || outcome !== null),
      );
      return calls
        .filter(({ model }) => model === modelId)
        .map(({ body, open, outcome }) => ({ ...(body as SeenRequest), open, hungUp: outcome === 'hung up' }));
    },
    stop: () => provider.stop(),
  };
}
