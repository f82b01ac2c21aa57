/** How the provider behaves to calls of a model. All of it is plain JSON, so that it can be sent to the process. */
export interface Behaviour {
  /** What it answers. Default `'echo'`. */
  readonly answer?: Answer;
  /** How long an answer takes, in milliseconds; of two numbers, drawn evenly between them. Default 0. */
  readonly latencyMs?: number | readonly [least: number, most: number];
  /** How many calls it lets in, per credential. Beyond it a call is refused with 429 at once. Default: all. */
  readonly limit?: Limit;
  /** What goes wrong, each with its share of the calls. */
  readonly failures?: readonly Failure[];
  /** Replies to the calls one after the other, the last of them from then on; what one leaves open is as above. */
  readonly replies?: readonly Reply[];
}

/**
 * - `'echo'`: the text of the last user message.
 * - `text`: always the same; an object is sent as JSON text.
 * - `table`: the value of the first key that the last user message contains, else `otherwise`, else the echo.
 *
 * A call that asks for JSON of a shape gets such JSON: an object of `text` as it is; else each choice is the answer where
 * it is one of the choices, and otherwise drawn by the prompt.
 */
export type Answer =
  | 'echo'
  | { readonly text: string | Readonly<Record<string, unknown>> }
  | { readonly table: Readonly<Record<string, string>>; readonly otherwise?: string };

/** A token bucket that fills evenly. It begins full. */
export interface Limit {
  readonly perSecond: number;
  readonly burst: number;
  /** Whether a refusal says how long to wait (`retry-after-ms`, and whole seconds in `retry-after`). Default false. */
  readonly retryAfter?: boolean;
}

/**
 * - `status`: that status, with an error as the API writes it.
 * - `stall`: no answer for as long as the caller waits.
 * - `cut`: the connection is closed without an answer.
 * - `reset`: the connection is reset in the middle of the answer's body.
 */
export type Failure = {
  /** Of the calls, 0 to 1. Which ones is settled by the seed, the model, the prompt and how often that was asked before. */
  readonly share: number;
  /** Spares a prompt that was asked more often than this. Default: spares none. */
  readonly attempts?: number;
} & (
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'stall' | 'cut' | 'reset' }
);

/** One reply of a script. */
export interface Reply {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer's text, or for another status the message of the error. An object is sent as JSON text. */
  readonly text?: unknown;
  readonly finishReason?: 'stop' | 'length';
  readonly usage?: Usage;
  readonly latencyMs?: number;
  readonly embeddings?: readonly (readonly number[])[];
}

/** Tokens, as the answer reports them. Default: a token for every four characters, rounded up. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the prompt's tokens. Default 0. */
  readonly cachedTokens?: number;
}
