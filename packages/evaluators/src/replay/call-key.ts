import { contentHash } from '@assay/core';
import { base64 } from './recorded-answer.ts';

/** What makes one call of a model equal to another. */
export interface KeyParts {
  readonly kind: 'generate' | 'stream';
  readonly namespace: string;
  /** `null`: repetitions share their answers. */
  readonly repetition: number | null;
  readonly provider: string;
  readonly modelId: string;
  /** Prompt, settings, tools and form of the answer. Its signal and headers say nothing of the answer, and may be secret. */
  readonly params: object;
}

/** A call as 64 hex digits: equal calls have equal ones, whatever the order of their keys. */
export function callKey({ params, ...parts }: KeyParts): string {
  const { abortSignal: _signal, headers: _headers, ...asked } = params as Readonly<Record<string, unknown>>;
  return contentHash({ input: plain({ ...parts, asked }) });
}

/** The answer to the n-th equal call of a run. */
export function answerKey(call: string, occurrence: number): string {
  return contentHash({ input: { call, occurrence } });
}

/** As JSON, with bytes and addresses of files as text, and regular expressions and functions left out. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, written: unknown) {
    const original = this[key];
    return original instanceof Uint8Array ? base64(original) : written;
  });
  return JSON.parse(text);
}
