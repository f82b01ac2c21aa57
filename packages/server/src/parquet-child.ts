import { AssayError } from '@assay/core';
import { fromArrowIPC } from '@assay/frames';
import { writeParquet } from '@assay/frames/files';

/* Writes Parquet to the file that its argument names, of the Arrow streams that it is sent, each with its length before it. */

async function* tables() {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted: number | null = null;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= (wanted ?? 4)) {
      const held = Buffer.concat(chunks);
      const taken = wanted ?? 4;
      // A copy of its own begins where numbers of 8 bytes may.
      if (wanted === null) wanted = held.readUInt32LE(0);
      else {
        yield fromArrowIPC(new Uint8Array(held.subarray(0, taken)));
        wanted = null;
      }
      chunks = [held.subarray(taken)];
      size -= taken;
    }
  }
  if (size > 0 || wanted !== null) throw new AssayError('invalid-input', 'Expected whole Arrow streams');
}

writeParquet(tables(), process.argv[2]!).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
