import type { JsonSchema } from '../answer.ts';
import { type Api, type Body, textOfParts } from './api.ts';

const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

function error(status: number, message: string): unknown {
  return { error: { code: status, message, status: statusNames[status] ?? 'INTERNAL' } };
}

/** `POST /v1beta/models/{model}:generateContent`. */
export const google: Api = {
  name: 'google',
  path: /\/models\/([^/]+):generateContent$/,
  read: (body, [model = '']) => {
    const config = body['generationConfig'] as Body | undefined;
    const contents = (body['contents'] as readonly Body[]).map(({ role, parts }) => ({
      role: role === 'model' ? 'assistant' : 'user',
      text: textOfParts(parts),
    }));
    return {
      model,
      messages: [
        { role: 'system', text: textOfParts((body['systemInstruction'] as Body | undefined)?.['parts']) },
        ...contents,
      ],
      ...(config?.['responseMimeType'] === 'application/json'
        ? { schema: ((config['responseJsonSchema'] ?? config['responseSchema']) as JsonSchema | undefined) ?? true }
        : {}),
    };
  },
  answer: ({ text, finishReason, usage }, { model }) => ({
    candidates: [
      {
        content: { role: 'model', parts: [{ text }] },
        finishReason: finishReason === 'stop' ? 'STOP' : 'MAX_TOKENS',
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: usage.promptTokens,
      cachedContentTokenCount: usage.cachedTokens,
      candidatesTokenCount: usage.completionTokens,
      totalTokenCount: usage.promptTokens + usage.completionTokens,
    },
    modelVersion: model,
  }),
  error,
};

/** `POST /v1beta/models/{model}:embedContent`, and `:batchEmbedContents` for several texts. */
export const googleEmbeddings: Api = {
  name: 'google-embeddings',
  path: /\/models\/([^/]+):(?:embedContent|batchEmbedContents)$/,
  read: (body, [model = '']) => ({
    model,
    messages: [],
    embed: ((body['requests'] ?? [body]) as readonly Body[]).map(({ content }) =>
      textOfParts((content as Body)['parts']),
    ),
  }),
  answer: ({ embeddings }, { embed }) =>
    embed!.length === 1
      ? { embedding: { values: embeddings[0] }, embeddings: [{ values: embeddings[0] }] }
      : { embeddings: embeddings.map((values) => ({ values })) },
  error,
};
