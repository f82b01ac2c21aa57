import { fromArrowIPC, toArrowIPC, fromJSONL } from '@assay/frames';
import { expect, test } from 'vitest';
import { joinStreams } from '../src/arrow-stream.ts';

test('joins streams to one, also when their texts differ', async () => {
  const parts = ['{"a":1,"b":"x"}\n{"a":2,"b":null}\n', '{"a":3,"b":"y"}\n', '{"a":4,"b":"z"}\n'].map((lines) =>
    toArrowIPC(fromJSONL(lines)),
  );
  async function* streams() {
    yield* parts;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of joinStreams(streams())) chunks.push(chunk);
  const rows = fromArrowIPC(new Uint8Array(Buffer.concat(chunks))).objects();
  expect(rows).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: null },
    { a: 3, b: 'y' },
    { a: 4, b: 'z' },
  ]);
});
