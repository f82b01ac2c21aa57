import { gunzipSync, inflateSync } from 'node:zlib';
import type { Api } from '../api.ts';
import { Failure } from '../failure.ts';
import { readSpans } from '../otlp.ts';
import { bodyLimit, readBytes } from '../request-body.ts';
import type { Services } from './services.ts';

const protobuf = 'application/x-protobuf';

/** Spans of OpenTelemetry exporters. They are on the disk before the answer. */
export function addTraceRoutes(api: Api, { store }: Services): void {
  api.add(
    {
      method: 'post',
      path: '/v1/traces',
      summary: 'Take spans by OTLP over HTTP, in protobuf',
      tag: 'Traces',
      rawBody: [protobuf],
      rawAnswer: protobuf,
      failures: [415],
    },
    async ({ request }) => {
      const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
      if (type !== protobuf) throw new Failure(415, `Expected content-type to be ${protobuf}, got ${type ?? 'none'}`);
      const bytes = inflated(await readBytes(request), request.headers.get('content-encoding'));
      await store.nodes.saveSpans(spansOf(bytes, request.headers.get('x-project-name')));
      // An empty ExportTraceServiceResponse is no bytes at all.
      return new Response(new Uint8Array(), { headers: { 'content-type': protobuf } });
    },
  );
}

function spansOf(bytes: Uint8Array, project: string | null) {
  try {
    return readSpans(bytes, project || null);
  } catch (error) {
    throw new Failure(
      422,
      `Expected an ExportTraceServiceRequest: ${error instanceof Error ? error.message : 'not protobuf'}`,
    );
  }
}

function inflated(bytes: Uint8Array, encoding: string | null): Uint8Array {
  try {
    if (encoding === null || encoding === 'identity') return bytes;
    if (encoding === 'gzip') return gunzipSync(bytes, { maxOutputLength: bodyLimit });
    if (encoding === 'deflate') return inflateSync(bytes, { maxOutputLength: bodyLimit });
  } catch (error) {
    if (error instanceof RangeError) throw new Failure(413, `Expected a body of at most ${bodyLimit} bytes, unpacked`);
    throw new Failure(422, `Expected a body in ${encoding}, got something else`);
  }
  throw new Failure(415, `Expected content-encoding to be gzip or deflate, got ${encoding}`);
}
