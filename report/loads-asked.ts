import { counted } from './format.ts';
import { byLoad, type Load, type LoadPoint, type Workload } from './load-points.ts';
import type { Ranked, Verdict } from './verdict.ts';

/** The load that an answer is about. */
export const loadOf = ({ answer }: Ranked): Load => ({
  concurrency: answer.concurrency as number | null,
  requestRate: answer.request_rate_per_s as number | null,
});

/** Those of a deployment that have a row, the lowest first. */
function loadsAsked({ rows }: Workload, deployment: string): Load[] {
  const loads = rows
    .filter((row) => row.deployment_id === deployment)
    .map((row) => ({ concurrency: row.concurrency, requestRate: row.request_rate_per_s }))
    .toSorted(byLoad);
  return loads.filter((load, index) => index === 0 || byLoad(loads[index - 1] as Load, load) !== 0);
}

const pointAt = ({ points }: Workload, deployment: string, load: Load): LoadPoint | undefined =>
  points.find((point) => point.deployment === deployment && byLoad(point, load) === 0);

/** How many of the cells asked for at the load of an answer are valid, of how many. */
export function repeatsOf({ rows }: Workload, best: Ranked): { valid: number; asked: number } {
  const repeats = rows.filter(
    (row) =>
      row.deployment_id === best.answer.deployment_id &&
      row.concurrency === loadOf(best).concurrency &&
      row.request_rate_per_s === loadOf(best).requestRate,
  );
  return { valid: repeats.filter(({ valid }) => valid).length, asked: repeats.length };
}

/** `1 of 3 loads valid`; undefined where all are. */
export function partlyValid(workload: Workload, deployment: string): string | undefined {
  const asked = loadsAsked(workload, deployment);
  const valid = asked.filter((load) => pointAt(workload, deployment, load) !== undefined).length;
  return valid < asked.length ? `${valid} of ${counted(asked.length, 'load')} valid` : undefined;
}

/**
 * Ranked deployments without a valid figure at the load that the best one ran: theirs come from another load, so that
 * how much dearer they are says more about the loads than about the deployments.
 */
export function notComparable({ workload, ranking }: Verdict): Ranked[] {
  const [best, ...others] = ranking;
  if (best === undefined) return [];
  return others.filter((one) => pointAt(workload, String(one.answer.deployment_id), loadOf(best)) === undefined);
}

/** Where the best load is the last one asked for, a higher one may be better still. */
export function highestLoad(workload: Workload, best: Ranked): string | undefined {
  const deployment = String(best.answer.deployment_id);
  const load = loadOf(best);
  const alike = loadsAsked(workload, deployment).filter(
    ({ concurrency }) => (concurrency === null) === (load.concurrency === null),
  );
  const highest = alike.at(-1);
  if (highest === undefined || byLoad(highest, load) !== 0) return undefined;
  const below = alike.at(-2);
  if (below === undefined) return 'the only load asked for';
  const dearer = pointAt(workload, deployment, below)?.usdPerMillion?.mean ?? 0;
  const falling = dearer > Number(best.answer.usd_per_million_output_tokens ?? Infinity);
  return `the highest load asked for${falling ? '; cost was still falling' : ''}`;
}
