import type { JsonSchema } from '../answer.ts';
import { type Api, type Body, textOfParts } from './api.ts';

/** Models that cannot be given a shape are given a tool with this name, which they have to call. */
const jsonTool = 'json';

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/** `POST /v1/messages`. */
export const anthropic: Api = {
  name: 'anthropic',
  path: /\/messages$/,
  read: (body) => {
    const messages = (body['messages'] as readonly Body[]).map(({ role, content }) => ({
      role: String(role),
      text: textOfParts(content),
    }));
    return {
      model: String(body['model']),
      messages: [{ role: 'system', text: textOfParts(body['system']) }, ...messages],
      ...schemaOf(body),
      stream: body['stream'] === true,
    };
  },
  answer: ({ text, finishReason, usage }, asked) => ({
    id: 'msg_loopback',
    type: 'message',
    role: 'assistant',
    model: asked.model,
    content: asked.byTool
      ? [{ type: 'tool_use', id: 'toolu_loopback', name: jsonTool, input: JSON.parse(text) }]
      : [{ type: 'text', text }],
    stop_reason: finishReason === 'stop' ? 'end_turn' : 'max_tokens',
    stop_sequence: null,
    usage: {
      input_tokens: usage.promptTokens - usage.cachedTokens,
      cache_read_input_tokens: usage.cachedTokens,
      cache_creation_input_tokens: 0,
      output_tokens: usage.completionTokens,
    },
  }),
  error: (status, message) => ({ type: 'error', error: { type: errorTypes[status] ?? 'api_error', message } }),
};

function schemaOf(body: Body): { schema?: JsonSchema; byTool?: true } {
  const format = (body['output_config'] as Body | undefined)?.['format'] as { schema: JsonSchema } | undefined;
  if (format) return { schema: format.schema };
  const tools = (body['tools'] ?? []) as readonly { readonly name: string; readonly input_schema: JsonSchema }[];
  const tool = tools.find(({ name }) => name === jsonTool);
  return tool ? { schema: tool.input_schema, byTool: true } : {};
}
