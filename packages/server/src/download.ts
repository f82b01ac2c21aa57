/** The header that makes a browser save an answer under this name. */
export function attachment(fileName: string): Readonly<Record<string, string>> {
  // RFC 5987 allows fewer characters than encodeURIComponent leaves.
  const name = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return { 'content-disposition': `attachment; filename*=UTF-8''${name}` };
}

/** Characters that are sent together: one chunk for each line would cost more than the lines. */
const chunkLength = 64 * 1024;

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
  headers: Readonly<Record<string, string>>,
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
  const encoder = new TextEncoder();
  let gathered = '';
  for await (const part of parts) {
    gathered += part;
    if (gathered.length < chunkLength) continue;
    yield encoder.encode(gathered);
    gathered = '';
  }
  if (gathered !== '') yield encoder.encode(gathered);
}
