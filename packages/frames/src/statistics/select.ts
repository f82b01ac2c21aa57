/**
 * Puts the values that would stand at the given places (ascending, from 0) of the sorted array there, and no smaller one
 * after, no greater one before: quickselect (Hoare, Algorithm 65, 1961) with the median of three, for several places in
 * one go. The array is changed.
 */
export function selectPlaces(values: Float64Array, places: readonly number[], low = 0, high = values.length - 1): void {
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
  selectPlaces(
    values,
    places.filter((place) => place <= right),
    low,
    right,
  );
  selectPlaces(
    values,
    places.filter((place) => place >= left),
    left,
    high,
  );
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
