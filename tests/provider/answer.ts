import type { Answer, Reply, Usage } from './behaviour.ts';
import { draw } from './draw.ts';

/** What a call asks for, whichever API it came by. */
export interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  /** The shape that the answer must have. `true`: JSON of any shape. */
  readonly schema?: JsonSchema | true;
  /** Whether that shape was asked for as the arguments of a tool. */
  readonly byTool?: boolean;
  /** The texts to be embedded, where it asks for that. */
  readonly embed?: readonly string[];
  readonly stream?: boolean;
}

/** What is answered, whichever API it goes by. */
export interface Answered {
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
  readonly usage: Required<Usage>;
  readonly embeddings: readonly (readonly number[])[];
}

/** As much of JSON Schema as answers are made from. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly minimum?: number;
}

/** The text that identifies a call in the log. */
export function promptOf({ messages, embed }: Asked): string {
  return embed?.join('\n') ?? messages.findLast(({ role }) => role === 'user')?.text ?? '';
}

/** Answers by the rule, or as the script says where it does. */
export function answerTo(asked: Asked, rule: Answer = 'echo', reply: Reply = {}): Answered {
  const text = 'text' in reply ? textOf(reply.text) : ruled(asked, rule);
  const usage = reply.usage ?? {
    promptTokens: tokensOf(asked.embed?.join('') ?? asked.messages.map((message) => message.text).join('')),
    completionTokens: asked.embed === undefined ? tokensOf(text) : 0,
  };
  return {
    text,
    finishReason: reply.finishReason ?? 'stop',
    usage: { cachedTokens: 0, ...usage },
    embeddings: reply.embeddings ?? (asked.embed ?? []).map(embedded),
  };
}

function ruled(asked: Asked, rule: Answer): string {
  const prompt = promptOf(asked);
  if (rule !== 'echo' && 'text' in rule && typeof rule.text === 'object') return textOf(rule.text);
  const text = plain(prompt, rule);
  return asked.schema === undefined ? text : JSON.stringify(shaped(asked.schema, text, prompt));
}

function plain(prompt: string, rule: Answer): string {
  if (rule === 'echo') return prompt;
  if ('text' in rule) return textOf(rule.text);
  return Object.entries(rule.table).find(([key]) => prompt.includes(key))?.[1] ?? rule.otherwise ?? prompt;
}

/** The smallest value of that shape. */
function shaped(schema: JsonSchema | true, text: string, prompt: string): unknown {
  if (schema === true) return { answer: text };
  if ('const' in schema) return schema.const;
  const choices = schema.enum;
  if (choices) return choices.includes(text) ? text : choices[Math.floor(draw('choice', prompt) * choices.length)];
  if (schema.anyOf) return shaped(schema.anyOf[0]!, text, prompt);
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, value]) => [name, shaped(value, text, prompt)]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 1 }, () => shaped(schema.items ?? {}, text, prompt));
    case 'number':
    case 'integer':
      return schema.minimum ?? 1;
    case 'boolean':
      return draw('boolean', prompt) < 0.5;
    case 'null':
      return null;
    default:
      return text;
  }
}

/** A vector of length 1 that depends on the words alone: texts with words in common are near each other. */
function embedded(text: string): number[] {
  const vector = Array.from({ length: 16 }, () => 0);
  for (const word of text.toLowerCase().split(/\W+/)) vector.forEach((_, i) => (vector[i]! += draw(word, i) - 0.5));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}
