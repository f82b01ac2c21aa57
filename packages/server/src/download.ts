/** The header that makes a browser save an answer under this name. */
export function attachment(fileName: string): Readonly<Record<string, string>> {
  // RFC 5987 allows fewer characters than encodeURIComponent leaves.
  const name = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return { 'content-disposition': `attachment; filename*=UTF-8''${name}` };
}

/** Bytes that are sent together: one chunk for each line would cost more than the lines. */
const chunkSize = 64 * 1024;

/**
 * An answer that is written while it is sent, so that it need not fit in memory. The first part is made before the answer
 * begins, so that what cannot be read is still answered with an error.
 */
export function streamText(
  parts: AsyncGenerator<string>,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return streamBytes(encoded(parts), type.startsWith('text/') ? `${type}; charset=utf-8` : type, headers);
}

/** As `streamText`, for bytes. */
export async function streamBytes(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const first = await chunks.next();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (first.done) controller.close();
      else controller.enqueue(first.value);
    },
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
  return new Response(body, { headers: { 'content-type': type, ...headers } });
}

async function* encoded(parts: AsyncGenerator<string>): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new TextBytes();
  for await (const part of parts) {
    bytes.write(part);
    if (bytes.length >= chunkSize) yield bytes.take();
  }
  if (bytes.length > 0) yield bytes.take();
}

const encoder = new TextEncoder();

/** Gathers texts as UTF-8. Each is encoded by itself: joined first, every character would be copied twice more. */
export class TextBytes {
  #bytes = new Uint8Array(2 * chunkSize);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  write(text: string): void {
    // No part of a text takes more than three bytes, and most take one.
    if (this.#bytes.length - this.#length < 3 * text.length) this.#makeRoom(Buffer.byteLength(text));
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /** Gives what has been written, and begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(this.#bytes.length);
    this.#length = 0;
    return taken;
  }

  #makeRoom(needed: number): void {
    if (this.#bytes.length - this.#length >= needed) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + needed));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
