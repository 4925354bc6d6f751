import type { Slo } from '#core/plan/types.ts';
import type { LoadPoint } from './load-points.ts';
import type { Spread } from './spread.ts';

/** A latency target: its name in the matrix, its column in an answer, what people call it, and what it is held against. */
export const TARGETS = [
  {
    name: 'requestLatencyP95Ms',
    column: 'request_latency_p95_ms',
    what: 'request',
    of: (point: LoadPoint) => point.latencyP95Ms,
  },
  { name: 'ttftP95Ms', column: 'ttft_p95_ms', what: 'first token', of: (point: LoadPoint) => point.ttftP95Ms },
  { name: 'itlP95Ms', column: 'itl_p95_ms', what: 'between tokens', of: (point: LoadPoint) => point.itlP95Ms },
] as const;

interface Held {
  seen: Spread | null;
  bound: number;
}

const held = (point: LoadPoint, slo: Slo): Held[] =>
  TARGETS.flatMap(({ name, of }) => {
    const bound = slo[name];
    return bound === undefined ? [] : [{ seen: of(point), bound }];
  });

/** Whether it misses a target, and by no more than its repeats spread: measured again, it might meet them all. */
export function missesBarely(point: LoadPoint, slo: Slo): boolean {
  const all = held(point, slo);
  return (
    all.some(({ seen, bound }) => seen !== null && seen.mean > bound) &&
    all.every(({ seen, bound }) => seen !== null && seen.low <= bound)
  );
}

/** Whether its repeats spread beyond a target that their mean meets: measured again, it might miss it. */
export const meetsBarely = (point: LoadPoint, slo: Slo): boolean =>
  held(point, slo).some(({ seen, bound }) => seen !== null && seen.mean <= bound && seen.high > bound);
