const LONGEST = 64;

/** Levenshtein's distance, over one row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** The candidate that was probably meant: at most a third of its letters differ. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  if (written.length > LONGEST) return undefined;
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const edits = distance(written.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || edits < best.distance) best = { candidate, distance: edits };
  }
  if (best === undefined || best.distance > Math.max(2, best.candidate.length / 3)) return undefined;
  return best.candidate;
}
