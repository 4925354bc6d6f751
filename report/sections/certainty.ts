import { whole } from '../format.ts';
import { certaintyOf, type Ranked } from '../verdict.ts';

/** The short word for how far the best and the next best can be told apart. */
export function sure(best: Ranked, next: Ranked | undefined): string {
  switch (certaintyOf(best.point, next?.point)) {
    case 'apart':
      return 'Clear';
    case 'overlap':
      return 'Too close to call';
    case 'once':
      return (best.point?.rows.length ?? 0) < 2 ? 'Measured once' : 'Only partly repeated';
  }
}

export function sureNote(best: Ranked, next: Ranked | undefined): string {
  const what = measuredIn(best);
  switch (certaintyOf(best.point, next?.point)) {
    case 'apart':
      return both(best, next)
        ? `${what}; the 95 % intervals of its cost and the next best's are apart`
        : `${what}; no repeat of the next best was cheaper, which are too few for an interval`;
    case 'overlap':
      return both(best, next)
        ? `${what}; the 95 % intervals of its cost and the next best's overlap`
        : `${what}; the repeats overlap with those of the next best`;
    case 'once':
      if (next === undefined && (best.point?.rows.length ?? 0) > 1) return what;
      return close(best, next)
        ? `${what}; the next best is so near that only repeats can tell them apart`
        : `${what}; how far repeats would spread is not known`;
  }
}

const both = (...all: (Ranked | undefined)[]): boolean =>
  all.every((one) => (one?.point?.usdPerMillion ?? one?.point?.tokensPerS)?.isInterval === true);

/** Not a bound from statistics: so near that nobody should decide by a single measurement of each. */
const NEAR = 1.1;

function close(best: Ranked, next: Ranked | undefined): boolean {
  const [ours, theirs] = [best, next].map((one) => Number(one?.answer.usd_per_million_output_tokens));
  return ours !== undefined && theirs !== undefined && ours > 0 && theirs < ours * NEAR;
}

/** Where the next best has no valid figure at the load of the best: no repeat says anything about that. */
export const unsettled = (best: Ranked): string =>
  `${measuredIn(best)}; the next best has no valid figure at this load`;

function measuredIn({ point }: Ranked): string {
  const rows = point?.rows ?? [];
  const requests = rows.reduce((sum, row) => sum + (row.request_count ?? 0), 0);
  return `${whole(requests)} requests in ${rows.length === 1 ? 'one run' : `${rows.length} repeats`}, all valid`;
}
