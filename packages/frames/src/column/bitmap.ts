/** One bit a row, lowest bit first, as Arrow keeps them: 1 is valid (or true), 0 is null (or false). */
export type Bitmap = Uint8Array;

/** How many bytes hold that many bits. */
export function bitmapBytes(length: number): number {
  return (length + 7) >> 3;
}

export function isBitSet(bitmap: Bitmap, index: number): boolean {
  return ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

export function setBit(bitmap: Bitmap, index: number): void {
  bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
}

/** The bitmap of `length` rows for which `isValid` holds, and how many are not; the bitmap is `null` when all are valid. */
export function bitmapOf(
  length: number,
  isValid: (row: number) => boolean,
): { readonly validity: Bitmap | null; readonly nullCount: number } {
  const validity = new Uint8Array(bitmapBytes(length));
  let nullCount = 0;
  for (let row = 0; row < length; row++) {
    if (isValid(row)) setBit(validity, row);
    else nullCount++;
  }
  return { validity: nullCount === 0 ? null : validity, nullCount };
}

/** The bits of rows `start` to `end`, moved to begin at 0. A bitmap that is `null` (all set) stays so. */
export function sliceBits(bitmap: Bitmap | null, start: number, end: number): Bitmap | null {
  if (bitmap === null) return null;
  // A whole byte as the start is the common case, since batches begin at multiples of 65,536.
  if ((start & 7) === 0) return bitmap.subarray(start >> 3, bitmapBytes(end));
  const slice = new Uint8Array(bitmapBytes(end - start));
  for (let row = start; row < end; row++) {
    if (isBitSet(bitmap, row)) setBit(slice, row - start);
  }
  return slice;
}

/** How many of the first `length` bits are 0. */
export function countUnset(bitmap: Bitmap | null, length: number): number {
  if (bitmap === null) return 0;
  let unset = 0;
  for (let index = 0; index < length; index++) {
    if (!isBitSet(bitmap, index)) unset++;
  }
  return unset;
}
