import { AS_PUBLISHED, isAsPublished } from '../as-published.ts';
import type { DeploymentName } from '../deployment-names.ts';
import { loadText } from '../deployment-names.ts';
import { counted, usd, whole } from '../format.ts';
import { type Html, html, type Part } from '../html.ts';
import { repeatsOf } from '../loads-asked.ts';
import { named } from '../marks.ts';
import { certaintyOf, type Ranked, type Verdict } from '../verdict.ts';

/** How far an answer can be relied on: a short word, and why. */
export interface Sureness {
  word: string;
  note: Part;
}

/** @param comparable whether the next best has a valid figure at the load of the best. */
export function sureness(verdict: Verdict, comparable: boolean, names: ReadonlyMap<string, DeploymentName>): Sureness {
  const [best, next] = verdict.ranking as [Ranked, Ranked | undefined];
  const what = measuredIn(verdict, best);
  if (!comparable) return { word: 'Not settled', note: `${what}; the next best has no valid figure at this load` };
  const { nearlyAnswer: nearly, barelyWithin } = verdict;
  if (nearly !== undefined) {
    const name = named(names.get(nearly.deployment), nearly.rows[0]?.instance_type ?? '');
    const note: Html = html`${what}; ${name} at ${loadText(nearly)} would be cheaper, at ${usd(nearly.usdPerMillion?.mean)}, and misses a target by less than its repeats spread`;
    return { word: 'Near the target', note };
  }
  if (barelyWithin)
    return { word: 'Near the target', note: `${what}, which spread beyond a target that their mean meets` };
  return besideTheNext(best, next, what);
}

function besideTheNext(best: Ranked, next: Ranked | undefined, what: string): Sureness {
  switch (certaintyOf(best.point, next?.point)) {
    case 'apart':
      return { word: 'Clear', note: `${what}; the 95 % intervals of its cost and the next best's are apart` };
    case 'few':
      return {
        word: 'Too few repeats',
        note: `${what}; no repeat of the next best was cheaper, which are too few for an interval: three of each can settle it`,
      };
    case 'overlap':
      return {
        word: 'Too close to call',
        note: haveIntervals(best, next)
          ? `${what}; the 95 % intervals of its cost and the next best's overlap`
          : `${what}; the repeats overlap with those of the next best`,
      };
    case 'once': {
      const repeated = (best.point?.rows.length ?? 0) > 1;
      const word = repeated ? 'Only partly repeated' : 'Measured once';
      if (next === undefined && repeated) return { word, note: what };
      return {
        word,
        note: close(best, next)
          ? `${what}; the next best is so near that only repeats can tell them apart`
          : `${what}; how far repeats would spread is not known`,
      };
    }
  }
}

const haveIntervals = (...all: (Ranked | undefined)[]): boolean =>
  all.every((one) => (one?.point?.usdPerMillion ?? one?.point?.tokensPerS)?.isInterval === true);

/** Not a bound from statistics: so near that nobody should decide by a single measurement of each. */
const NEAR = 1.1;

function close(best: Ranked, next: Ranked | undefined): boolean {
  const [ours, theirs] = [best, next].map((one) => Number(one?.answer.usd_per_million_output_tokens));
  return ours !== undefined && theirs !== undefined && ours > 0 && theirs < ours * NEAR;
}

function measuredIn({ workload }: Verdict, best: Ranked): string {
  const requests = (best.point?.rows ?? []).reduce((sum, row) => sum + (row.request_count ?? 0), 0);
  const { valid, asked } = repeatsOf(workload, best);
  const validity =
    valid === asked
      ? best.point?.rows.some(isAsPublished) === true
        ? `all ${AS_PUBLISHED}`
        : 'all valid'
      : `${valid} of ${asked} valid`;
  return `${whole(requests)} requests in ${asked === 1 ? 'one run' : counted(asked, 'repeat')}, ${validity}`;
}
