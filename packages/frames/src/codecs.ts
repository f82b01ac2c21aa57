import { AssayError } from '@assay/core/errors';
import { CompressionType, getCompressionCodec, setCompressionCodec } from '@uwdata/flechette';
import { decompress } from 'fzstd';
import { decodeLz4Frame } from './lz4-frame.ts';

/**
 * Runs `read` while flechette can read LZ4 and ZSTD bodies, as pandas and polars write them.
 *
 * flechette keeps its codecs for the whole process, so those that somebody else has set are put back.
 */
export function withCodecs<Result>(read: () => Result): Result {
  const others = ([CompressionType.LZ4_FRAME, CompressionType.ZSTD] as const).map(
    (type) => [type, getCompressionCodec(type)] as const,
  );
  // What comes out starts a buffer of its own, since 64-bit values need that alignment.
  setCompressionCodec(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame, encode: refuse });
  setCompressionCodec(CompressionType.ZSTD, {
    decode: (bytes, length) => decompress(bytes, new Uint8Array(length)),
    encode: refuse,
  });
  try {
    return read();
  } finally {
    for (const [type, codec] of others) {
      if (codec !== null) setCompressionCodec(type, codec);
    }
  }
}

function refuse(): never {
  throw new AssayError('unsupported', 'Arrow bodies are written without compression');
}
