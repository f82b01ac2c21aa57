import type { Answered, Asked } from '../answer.ts';

/** One vendor's way to ask and to answer. */
export interface Api {
  readonly name: string;
  /** The path that calls come to, such as `/v1/messages`; what it captures goes to `read`. */
  readonly path: RegExp;
  read(body: Body, captured: readonly string[]): Asked;
  answer(answered: Answered, asked: Asked): unknown;
  error(status: number, message: string): unknown;
}

/** A JSON object as it was sent: every field has to be looked at. */
export type Body = Readonly<Record<string, unknown>>;

/** The text of a message that is a text, or parts some of which are texts. */
export function textOfParts(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return content.map((part: { readonly text?: string }) => part.text ?? '').join('');
}
