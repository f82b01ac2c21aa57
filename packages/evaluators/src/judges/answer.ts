import { messageOf } from '@assay/core';
import { z } from 'zod';
import { EvaluationError } from '../evaluation-error.ts';

/** Thrown for an answer of a judge that is not what was asked for. Another try may help, so core retries it as often as it may. */
export class JudgeAnswerError extends EvaluationError {
  override readonly name = 'JudgeAnswerError';
  /** The raw text of the answer, whole. */
  readonly answer: string;

  constructor(problem: string, answer: string, options: ErrorOptions = {}) {
    super(`${problem}. The answer was: ${answer.trim() === '' ? 'empty' : cut(answer)}`, {
      ...options,
      isRetryable: true,
    });
    this.answer = answer;
  }
}

/**
 * Reads an answer strictly: all of it is JSON, or one fenced block of it is, and the JSON fits the schema. A guess at what
 * a model may have meant would be a score that nobody gave.
 *
 * @throws JudgeAnswerError.
 */
export function readAnswer<Answer>(text: string, schema: z.ZodType<Answer>, finishReason: string): Answer {
  const cause = finishReason === 'stop' ? '' : ` (the model stopped for the reason ${finishReason})`;
  const json = parse(text);
  if (!json.ok) throw new JudgeAnswerError(`Could not read the judge's answer${cause}: ${json.error}`, text);
  const answer = schema.safeParse(json.value);
  if (!answer.success)
    throw new JudgeAnswerError(`Could not read the judge's answer${cause}: ${z.prettifyError(answer.error)}`, text, {
      cause: answer.error,
    });
  return answer.data;
}

function parse(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string } {
  const blocks = [...text.matchAll(/^```(?:json)?[ \t]*\r?\n(.*?)^```/gms)].map(([, block]) => block!);
  if (blocks.length > 1) return { ok: false, error: `expected one JSON object, got ${blocks.length} fenced blocks` };
  try {
    return { ok: true, value: JSON.parse(blocks[0] ?? text) as unknown };
  } catch (error) {
    return { ok: false, error: `expected JSON, got a text that is none (${messageOf(error)})` };
  }
}

/** Long enough for any answer that was asked for; the whole is on the error. */
const longestInMessage = 4000;

function cut(text: string): string {
  return text.length <= longestInMessage
    ? text
    : `${text.slice(0, longestInMessage)}… (${text.length} characters in all)`;
}
