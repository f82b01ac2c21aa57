/** Python's idea of blanks, which the reference implementations split at: unlike JavaScript's it has U+0085 and no U+FEFF. */
// oxlint-disable-next-line no-control-regex -- Python splits at the separators U+001C to U+001F too.
const blanks = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** The words of a text: what stands between blanks. */
export function words(text: string): readonly string[] {
  return text.split(blanks).filter((word) => word !== '');
}

/** How often each run of `order` neighbours occurs. The key is JSON, so that no two runs are written alike. */
export function countRuns(units: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= units.length; start += 1) {
    const key = JSON.stringify(units.slice(start, start + order));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
