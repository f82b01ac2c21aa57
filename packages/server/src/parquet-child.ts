import { AssayError } from '@assay/core';
import { fromArrowIPC } from '@assay/frames';
import { writeParquet } from '@assay/frames/files';

/* Writes Parquet to the file that its argument names, of the Arrow streams that it is sent, each with its length before it. */

async function* tables() {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (;;) {
      if (held.length < 4 || held.length < 4 + held.readUInt32LE(0)) break;
      const length = held.readUInt32LE(0);
      yield fromArrowIPC(held.subarray(4, 4 + length));
      held = held.subarray(4 + length);
    }
  }
  if (held.length > 0) throw new AssayError('invalid-input', 'Expected whole Arrow streams');
}

writeParquet(tables(), process.argv[2]!).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
