import { createHash } from 'node:crypto';

/** A number from 0 to 1 (exclusive) that looks random, but is always the same for the same parts. */
export function draw(...parts: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readUIntBE(0, 6) / 2 ** 48;
}
