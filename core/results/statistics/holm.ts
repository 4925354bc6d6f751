/**
 * Holm's step-down adjustment (S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979): reject where
 * the adjusted p is below alpha, and the chance of any false rejection among all of them stays below alpha, however
 * they depend on each other. In the order given.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length);
  let highest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (ps.length - rank) * p));
    adjusted[index] = highest;
  }
  return adjusted;
}
