import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextBytes } from '../src/download.ts';

test('gathers texts of any length and script as UTF-8, and begins anew once they are taken', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.nat(300_000).map((length) => '語'.repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(fc.array(text)), (batches) => {
      const bytes = new TextBytes();
      for (const texts of batches) {
        for (const part of texts) bytes.write(part);
        const taken = bytes.take();
        expect(bytes.length).toBe(0);
        expect(new TextDecoder().decode(taken) === texts.join('')).toBe(true);
      }
    }),
    { seed: 7, numRuns: 20 },
  );
});
