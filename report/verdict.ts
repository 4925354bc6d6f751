import type { Slo } from '#core/plan/types.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { type LoadPoint, pointBehind, type Workload } from './load-points.ts';

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
}

/** Why two deployments may or may not be told apart. */
export type Certainty = 'once' | 'apart' | 'overlap';

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
      return { workload, withinTargets, ranking, peak: same ? undefined : behind(cheapest) };
    });
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
    ['model', 'isl_tokens', 'osl_tokens', 'endpoint', 'streaming', 'dataset'].map((name) => row[name] ?? null),
  );

/** Whether the bars of two points are apart: their means' intervals, or what two repeats span. */
export function certaintyOf(best: LoadPoint | undefined, next: LoadPoint | undefined): Certainty {
  if (best === undefined || next === undefined || best.rows.length < 2 || next.rows.length < 2) return 'once';
  if (best.usdPerMillion !== null && next.usdPerMillion !== null) {
    return best.usdPerMillion.high < next.usdPerMillion.low ? 'apart' : 'overlap';
  }
  return best.tokensPerS.low > next.tokensPerS.high ? 'apart' : 'overlap';
}
