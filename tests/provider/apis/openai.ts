import type { Answered, JsonSchema } from '../answer.ts';
import { type Api, type Body, textOfParts } from './api.ts';

function error(status: number, message: string): unknown {
  const code = status === 429 ? 'rate_limit_exceeded' : null;
  return { error: { message, type: status === 401 ? 'invalid_request_error' : 'error', param: null, code } };
}

function messagesOf(list: unknown): { role: string; text: string }[] {
  return (list as readonly Body[]).map(({ role, content }) => ({ role: String(role), text: textOfParts(content) }));
}

/** `POST /v1/chat/completions`, which many vendors speak. */
export const openaiChat: Api = {
  name: 'openai-chat',
  path: /\/chat\/completions$/,
  read: (body) => {
    const format = body['response_format'] as
      | { readonly type: string; readonly json_schema?: { readonly schema?: JsonSchema } }
      | undefined;
    return {
      model: String(body['model']),
      messages: messagesOf(body['messages']),
      ...(format === undefined || format.type === 'text' ? {} : { schema: format.json_schema?.schema ?? true }),
      stream: body['stream'] === true,
    };
  },
  answer: ({ text, finishReason, usage }, { model }) => ({
    id: 'chatcmpl-loopback',
    object: 'chat.completion',
    created: 0,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finishReason }],
    usage: {
      prompt_tokens: usage.promptTokens,
      completion_tokens: usage.completionTokens,
      total_tokens: usage.promptTokens + usage.completionTokens,
      prompt_tokens_details: { cached_tokens: usage.cachedTokens },
    },
  }),
  error,
};

/** `POST /v1/responses`. */
export const openaiResponses: Api = {
  name: 'openai-responses',
  path: /\/responses$/,
  read: (body) => {
    const format = (body['text'] as Body | undefined)?.['format'] as
      | { readonly type: string; readonly schema?: JsonSchema }
      | undefined;
    const { input } = body;
    return {
      model: String(body['model']),
      messages: typeof input === 'string' ? [{ role: 'user', text: input }] : messagesOf(input),
      ...(format === undefined || format.type === 'text' ? {} : { schema: format.schema ?? true }),
      stream: body['stream'] === true,
    };
  },
  answer: ({ text, finishReason, usage }, { model }) => ({
    id: 'resp_loopback',
    object: 'response',
    created_at: 0,
    model,
    status: finishReason === 'stop' ? 'completed' : 'incomplete',
    incomplete_details: finishReason === 'stop' ? null : { reason: 'max_output_tokens' },
    output: [
      {
        type: 'message',
        id: 'msg_loopback',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text, annotations: [] }],
      },
    ],
    usage: {
      input_tokens: usage.promptTokens,
      input_tokens_details: { cached_tokens: usage.cachedTokens },
      output_tokens: usage.completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.promptTokens + usage.completionTokens,
    },
  }),
  error,
};

/** `POST /v1/embeddings`. */
export const openaiEmbeddings: Api = {
  name: 'openai-embeddings',
  path: /\/embeddings$/,
  read: (body) => ({ model: String(body['model']), messages: [], embed: [body['input']].flat().map(String) }),
  answer: ({ embeddings, usage }: Answered, { model }) => ({
    object: 'list',
    model,
    data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    usage: { prompt_tokens: usage.promptTokens, total_tokens: usage.promptTokens },
  }),
  error,
};
