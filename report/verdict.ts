import type { Slo } from '#core/plan/types.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { type LoadPoint, pointBehind, type Workload } from './load-points.ts';
import { meetsBarely, missesBarely } from './targets.ts';

/** One line of an answer with the measurements behind it. */
export interface Ranked {
  answer: SqlRow;
  /** Undefined when the rows have changed since the question was answered. */
  point: LoadPoint | undefined;
}

/** The answer for one workload. */
export interface Verdict {
  workload: Workload;
  /** Whether a latency target took part in it. */
  withinTargets: boolean;
  /** By place: the cheapest within the targets, or the cheapest of all when there are none. */
  ranking: Ranked[];
  /** The cheapest of all, however long its requests took; undefined when it is the same answer. */
  peak: Ranked | undefined;
  /** The cheapest that would be the answer, had its repeats not missed a target by less than they spread. */
  nearlyAnswer: LoadPoint | undefined;
  /** Whether the repeats of the answer spread beyond a target. */
  barelyWithin: boolean;
}

/** Why two deployments may or may not be told apart; `few`: their repeats do not overlap, and are too few to say so. */
export type Certainty = 'once' | 'few' | 'apart' | 'overlap';

export interface VerdictInput {
  slo: Slo;
  workloads: readonly Workload[];
  answers: ReadonlyMap<string, readonly SqlRow[]>;
}

/** So many of a workload's deployments are shown with its answer; the others are in the tables. */
export const MOST_RANKED = 12;

/** In the order of the workloads that have most cells. */
export function verdictsOf({ slo, workloads, answers }: VerdictInput): Verdict[] {
  const withinTargets = Object.values(slo).some((target) => target !== undefined);
  const peaks = byWorkload(answers.get('price-performance') ?? [], workloads);
  const within = withinTargets ? byWorkload(answers.get('low-latency') ?? [], workloads) : peaks;
  return workloads
    .toSorted((a, b) => b.rows.length - a.rows.length)
    .map((workload) => {
      const behind = (answer: SqlRow): Ranked => ({ answer, point: pointBehind(answer, [workload]) });
      const ranking = (within.get(workload.key) ?? []).slice(0, MOST_RANKED).map(behind);
      const cheapest = peaks.get(workload.key)?.[0];
      const same = cheapest === undefined || (ranking[0] !== undefined && samePoint(cheapest, ranking[0].answer));
      const best = ranking[0]?.point;
      return {
        workload,
        withinTargets,
        ranking,
        peak: same ? undefined : behind(cheapest),
        nearlyAnswer: best && cheaperBut(best, workload, slo),
        barelyWithin: best !== undefined && meetsBarely(best, slo),
      };
    });
}

function cheaperBut(best: LoadPoint, { points }: Workload, slo: Slo): LoadPoint | undefined {
  const bound = best.usdPerMillion?.mean ?? 0;
  const cost = ({ usdPerMillion }: LoadPoint) => usdPerMillion?.mean ?? Infinity;
  return points
    .filter((point) => cost(point) < bound && missesBarely(point, slo))
    .toSorted((a, b) => cost(a) - cost(b))[0];
}

const samePoint = (a: SqlRow, b: SqlRow): boolean =>
  a.deployment_id === b.deployment_id &&
  a.concurrency === b.concurrency &&
  a.request_rate_per_s === b.request_rate_per_s &&
  a.usd_per_million_output_tokens === b.usd_per_million_output_tokens;

/** The answers of each workload, by place. Answers have no deviations of lengths: the rows behind them do. */
function byWorkload(answers: readonly SqlRow[], workloads: readonly Workload[]): Map<string, SqlRow[]> {
  const candidates = Map.groupBy(workloads, ({ first }) => keyOf(first));
  const found = new Map<string, SqlRow[]>();
  for (const answer of answers) {
    const alike = candidates.get(keyOf(answer)) ?? [];
    const [workload] = alike.length > 1 ? alike.filter((one) => pointBehind(answer, [one]) !== undefined) : alike;
    if (workload === undefined) continue;
    const ranked = found.get(workload.key) ?? [];
    ranked.push(answer);
    found.set(workload.key, ranked);
  }
  for (const ranked of found.values()) ranked.sort((a, b) => Number(a.place) - Number(b.place));
  return found;
}

const keyOf = (row: Record<string, unknown>): string =>
  JSON.stringify(
    ['model', 'isl_tokens', 'osl_tokens', 'endpoint', 'streaming', 'dataset', 'simulated'].map(
      (name) => row[name] ?? null,
    ),
  );

/**
 * Whether the 95 % intervals of two points are apart. Of two repeats there is none: two sets of them, of deployments
 * that are alike, lie apart in one case of three.
 */
export function certaintyOf(best: LoadPoint | undefined, next: LoadPoint | undefined): Certainty {
  if (best === undefined || next === undefined || best.rows.length < 2 || next.rows.length < 2) return 'once';
  const [ours, theirs, apart] =
    best.usdPerMillion !== null && next.usdPerMillion !== null
      ? [best.usdPerMillion, next.usdPerMillion, best.usdPerMillion.high < next.usdPerMillion.low]
      : [best.tokensPerS, next.tokensPerS, best.tokensPerS.low > next.tokensPerS.high];
  if (!apart) return 'overlap';
  return ours.isInterval && theirs.isInterval ? 'apart' : 'few';
}
