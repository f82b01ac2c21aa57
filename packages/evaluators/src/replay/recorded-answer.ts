import type { LanguageModelMiddleware } from 'ai';
import { z } from 'zod';

export type GenerateResult = Awaited<ReturnType<NonNullable<LanguageModelMiddleware['wrapGenerate']>>>;
export type StreamPart =
  Awaited<ReturnType<NonNullable<LanguageModelMiddleware['wrapStream']>>>['stream'] extends ReadableStream<infer Part>
    ? Part
    : never;
type Usage = GenerateResult['usage'];
type ProviderMetadata = NonNullable<GenerateResult['providerMetadata']>;

/** An answer as text; `null` for one that is not worth keeping: it broke off, or holds what is not JSON. */
export function answerText(result: GenerateResult): string | null {
  const { content, finishReason, usage, providerMetadata, warnings, response, structuredOutputText } = result;
  if (finishReason.unified === 'error') return null;
  // Without the request and the headers: they may hold credentials, and nobody asks an old answer for them.
  const { id, timestamp, modelId } = response ?? {};
  const kept = { content, structuredOutputText, finishReason, usage, providerMetadata, warnings };
  return toText({ kind: 'generate', result: { ...kept, response: { id, timestamp, modelId } } });
}

/** The parts of a stream as text; `null` unless it came to a good end. */
export function streamText(parts: readonly StreamPart[]): string | null {
  const finish = parts.find(({ type }) => type === 'finish');
  if (finish?.type !== 'finish' || finish.finishReason.unified === 'error') return null;
  if (parts.some(({ type }) => type === 'error')) return null;
  return toText({ kind: 'stream', parts });
}

/** Reads an answer back, marked as replayed and without usage; `null` for anything else. */
export function readAnswer(text: string): GenerateResult | null {
  const read = answer.safeParse(fromText(text));
  if (!read.success) return null;
  const result = read.data.result as unknown as GenerateResult;
  return { ...result, usage: noUsage, providerMetadata: marked(result.providerMetadata) };
}

/** Reads the parts of a stream back, the last of them marked as replayed and without usage; `null` for anything else. */
export function readStream(text: string): StreamPart[] | null {
  const read = stream.safeParse(fromText(text));
  if (!read.success) return null;
  const parts = read.data.parts as unknown as StreamPart[];
  return parts.map((part) =>
    part.type === 'finish' ? { ...part, usage: noUsage, providerMetadata: marked(part.providerMetadata) } : part,
  );
}

const answer = z.object({
  kind: z.literal('generate'),
  result: z.looseObject({
    content: z.array(z.looseObject({ type: z.string() })),
    finishReason: z.looseObject({ unified: z.string() }),
    warnings: z.array(z.unknown()),
  }),
});

const stream = z.object({
  kind: z.literal('stream'),
  parts: z
    .array(z.looseObject({ type: z.string() }))
    .refine((parts) => parts.some(({ type }) => type === 'finish'), 'a stream needs its end'),
});

/** What an answer costs that nobody pays for. Not 0, which would make the mean cheaper than it is. */
const noUsage: Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

function marked(metadata: ProviderMetadata | undefined): ProviderMetadata {
  return { ...metadata, assay: { ...metadata?.['assay'], replayed: true } };
}

/** Bytes and dates are written as `{ "$bytes": base64 }` and `{ "$date": ISO }`. */
function toText(value: unknown): string | null {
  try {
    return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, plain: unknown) {
      const original = this[key];
      if (original instanceof Uint8Array) return { $bytes: base64(original) };
      return original instanceof Date ? { $date: original.toISOString() } : plain;
    });
  } catch {
    return null;
  }
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => {
      if (typeof value !== 'object' || value === null) return value;
      if ('$bytes' in value && typeof value.$bytes === 'string') return bytes(value.$bytes);
      return '$date' in value && typeof value.$date === 'string' ? new Date(value.$date) : value;
    });
  } catch {
    return null;
  }
}

/** In base64 without Node's Buffer: the package runs in Deno and Bun too. */
export function base64(data: Uint8Array): string {
  let text = '';
  for (let start = 0; start < data.length; start += 0x8000)
    text += String.fromCharCode(...data.subarray(start, start + 0x8000));
  return btoa(text);
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
