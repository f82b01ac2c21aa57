/**
 * The largest number of pairs (given, expected) that fit, each used once: a maximum bipartite matching by augmenting
 * paths (Kuhn 1955). Counting greedily would let a loose expectation take what only a strict one's partner could have been.
 */
export function matchCount<Given, Expected>(
  given: readonly Given[],
  expected: readonly Expected[],
  fits: (given: Given, expected: Expected) => boolean,
): number {
  const partner = new Map<number, number>();
  const place = (wanted: number, tried: Set<number>): boolean => {
    for (const [index, one] of given.entries()) {
      if (tried.has(index) || !fits(one, expected[wanted]!)) continue;
      tried.add(index);
      const other = partner.get(index);
      if (other === undefined || place(other, tried)) {
        partner.set(index, wanted);
        return true;
      }
    }
    return false;
  };
  return expected.filter((_, wanted) => place(wanted, new Set())).length;
}
