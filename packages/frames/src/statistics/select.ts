/**
 * Puts the values that would stand at the given places (from 0, in any order) of the sorted array there. The array is room
 * to work in: what stands at other places afterwards says nothing.
 *
 * A large array is counted into buckets of equal width first, so that only the few buckets in which a place lies need
 * selecting; without it every value would be moved several times.
 */
export function selectPlaces(values: Float64Array, places: readonly number[]): void {
  if (values.length < smallest || !selectByBuckets(values, places)) quickselect(values, places, 0, values.length - 1);
}

/** Shorter arrays are selected sooner than counted. */
const smallest = 4096;
const bucketCount = 2048;

/** Says no, and changes nothing, where buckets tell too little apart: of values nearly all equal, or without bounds. */
function selectByBuckets(values: Float64Array, places: readonly number[]): boolean {
  let least = Infinity;
  let greatest = -Infinity;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const perUnit = (bucketCount - 1) / (greatest - least);
  if (!(perUnit > 0 && perUnit < Infinity)) return false;

  const counts = new Int32Array(bucketCount);
  for (let index = 0; index < values.length; index += 1) counts[((values[index]! - least) * perUnit) | 0]! += 1;

  // The wanted buckets lie one after another in `few`, each as far to the left as the values between them are many.
  const isWanted = new Uint8Array(bucketCount);
  const movedBy = new Map<number, number>();
  const ascending = Float64Array.from(places).sort();
  let before = 0;
  let kept = 0;
  let next = 0;
  for (let bucket = 0; bucket < bucketCount && next < ascending.length; bucket += 1) {
    const end = before + counts[bucket]!;
    if (ascending[next]! < end) {
      isWanted[bucket] = 1;
      for (; next < ascending.length && ascending[next]! < end; next += 1) movedBy.set(ascending[next]!, before - kept);
      kept += counts[bucket]!;
    }
    before = end;
  }
  if (kept > values.length / 4) return false;

  const few = new Float64Array(kept);
  let filled = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (isWanted[((value - least) * perUnit) | 0] === 1) few[filled++] = value;
  }
  const placesInFew = places.map((place) => place - movedBy.get(place)!);
  quickselect(few, placesInFew, 0, kept - 1);
  places.forEach((place, at) => (values[place] = few[placesInFew[at]!]!));
  return true;
}

/** Quickselect (Hoare, Algorithm 65, 1961) with the median of three, for several places in one go. */
function quickselect(values: Float64Array, places: readonly number[], low: number, high: number): void {
  if (places.length === 0 || low >= high) return;
  if (high - low < 32) {
    values.subarray(low, high + 1).sort();
    return;
  }
  const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!);
  let left = low;
  let right = high;
  while (left <= right) {
    while (values[left]! < pivot) left += 1;
    while (values[right]! > pivot) right -= 1;
    if (left > right) break;
    const swapped = values[left]!;
    values[left] = values[right]!;
    values[right] = swapped;
    left += 1;
    right -= 1;
  }
  quickselect(
    values,
    places.filter((place) => place <= right),
    low,
    right,
  );
  quickselect(
    values,
    places.filter((place) => place >= left),
    left,
    high,
  );
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
