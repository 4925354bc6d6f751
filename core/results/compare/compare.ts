import type { CellRow } from '../cell-columns.ts';
import { METRIC_NAMES, METRICS, type Metric, valuesOf } from '../load-points.ts';
import { holm } from '../statistics/holm.ts';
import { type Best, bestOf } from './best.ts';
import { type Effect, effectOf, type LogDifference, logDifference, meanDifference } from './effect.ts';
import { type Noise, noiseOf } from './noise.ts';
import { type Left, type Pair, pairs } from './pairs.ts';

/** Chance of calling any regression or improvement, among all comparisons, where nothing changed. */
export const ALPHA = 0.05;
export const DEFAULT_THRESHOLD = 0.1;

/**
 * regression, improvement: a change that is not chance (adjusted p below ALPHA), and larger than the threshold.
 * no-regression: the 95 % interval leaves no room for a regression as large as the threshold.
 * inconclusive: neither could be shown.
 */
export type Judgement = 'regression' | 'improvement' | 'no-regression' | 'inconclusive';

interface Judged {
  effect: Effect;
  /** The p-value, adjusted for all comparisons of the two runs (Holm). */
  adjustedP: number;
  judgement: Judgement;
}

export interface CellComparison extends Judged {
  metric: Metric;
  pair: Pair;
  /** Means over the valid repeats. */
  run: number;
  baseline: number;
}

export interface DeploymentComparison extends Judged {
  deployment: string;
  pairs: readonly Pair[];
}

export interface CostComparison extends Judged {
  run: Best;
  baseline: Best;
  /** Part of the change that is the price's: run / baseline - 1 of price and fee. */
  priceChange: number;
  /** What was cheaper still in the baseline, at a load that is not compared. */
  cheaperBefore?: Best;
}

/** One for the whole: a regression anywhere; else whether the answer could be shown to be none the worse. */
export type Verdict = 'regression' | 'no-regression' | 'inconclusive';

export interface Comparison {
  verdict: Verdict;
  /** The answer: what a million output tokens cost at best, for each workload. */
  costs: readonly CostComparison[];
  /** Output tokens per second of each deployment, over all its loads. */
  deployments: readonly DeploymentComparison[];
  cells: readonly CellComparison[];
  left: readonly Left[];
}

/** A comparison before it is known how many there are. */
interface Draft<T> {
  subject: T;
  difference: LogDifference;
  better: 'more' | 'less';
}

/**
 * @param threshold the smallest change that matters, as a share.
 * @param asked ids of the cells that the run was to measure: one of them without a row hides something.
 */
export function compareRuns(
  runRows: readonly CellRow[],
  baselineRows: readonly CellRow[],
  threshold: number = DEFAULT_THRESHOLD,
  asked: ReadonlySet<string> = new Set(),
): Comparison {
  const { pairs: found, left: unpaired } = pairs(runRows, baselineRows, asked);
  const noise = noiseOf(found);
  const cells = found.flatMap((pair) => cellDrafts(pair, noise));
  const deployments = deploymentDrafts(found, noise);
  const { drafts: costs, left: unpriced } = costDrafts(found, bestOf(baselineRows), noise);
  const left = [...unpaired, ...unpriced];
  const drafts: readonly Draft<object>[] = [...costs, ...deployments, ...cells];
  const effects = drafts.map(({ difference }) => effectOf(difference));
  const adjusted = holm(effects.map(({ p }) => p));
  const judged = drafts.map(({ subject, better }, index) => {
    const [effect, adjustedP] = [effects[index] as Effect, adjusted[index] as number];
    return { ...subject, effect, adjustedP, judgement: judge(effect, adjustedP, better, threshold) };
  });
  const answer = judged.slice(0, costs.length + deployments.length);
  return {
    verdict: verdictOf(judged, answer, left),
    costs: judged.slice(0, costs.length) as CostComparison[],
    deployments: judged.slice(costs.length, answer.length) as DeploymentComparison[],
    cells: judged.slice(answer.length) as CellComparison[],
    left,
  };
}

function verdictOf(all: readonly Judged[], answer: readonly Judged[], left: readonly Left[]): Verdict {
  if (all.some(({ judgement }) => judgement === 'regression')) return 'regression';
  const shown = answer.length > 0 && answer.every(({ judgement }) => judgement !== 'inconclusive');
  return shown && !left.some(({ blocks }) => blocks) ? 'no-regression' : 'inconclusive';
}

function judge({ change, low, high }: Effect, p: number, better: 'more' | 'less', threshold: number): Judgement {
  const [worse, worst] = better === 'more' ? [-change, -low] : [change, high];
  if (p < ALPHA && worse > threshold) return 'regression';
  if (p < ALPHA && -worse > threshold) return 'improvement';
  return worst < threshold ? 'no-regression' : 'inconclusive';
}

type NoiseOf = (pair: Pair, metric: Metric) => Noise;

function cellDrafts(pair: Pair, noise: NoiseOf) {
  return METRIC_NAMES.flatMap((metric) => {
    const [run, baseline] = [pair.run.metrics[metric]?.mean, pair.baseline.metrics[metric]?.mean];
    if (run === undefined || baseline === undefined) return [];
    return [
      {
        subject: { metric, pair, run, baseline },
        difference: differenceOf(pair, metric, noise),
        better: METRICS[metric].better,
      },
    ];
  });
}

function deploymentDrafts(found: readonly Pair[], noise: NoiseOf) {
  const measured = found.filter(({ run, baseline }) =>
    [run, baseline].every(({ metrics }) => metrics.output_tokens_per_s !== undefined),
  );
  return [...Map.groupBy(measured, ({ run }) => (run.rows[0] as CellRow).deployment_id)].map(([deployment, own]) => ({
    subject: { deployment, pairs: own },
    difference: meanDifference(own.map((pair) => differenceOf(pair, 'output_tokens_per_s', noise))),
    better: 'more' as const,
  }));
}

/**
 * Among the loads that both runs have: one that only one of them measured says nothing about the other.
 * @param beforeAll the best of everything in the baseline.
 */
function costDrafts(found: readonly Pair[], beforeAll: ReadonlyMap<string, Best>, noise: NoiseOf) {
  const after = bestOf(found.flatMap(({ run }) => run.valid));
  const before = bestOf(found.flatMap(({ baseline }) => baseline.valid));
  const pairAt = new Map(found.map((pair) => [pair.run.key, pair]));
  const left: Left[] = [];
  const drafts = [...before.values()].flatMap((baseline) => {
    const run = after.get(baseline.workload);
    if (run === undefined) {
      left.push({ row: baseline.rows[0] as CellRow, reason: 'its cost, for the run has no price', blocks: true });
      return [];
    }
    const priceChange = run.usdPerHour / baseline.usdPerHour - 1;
    // Dollars per token scatter as tokens per second do, of the load that each of the two is at.
    const sideOf = ({ point, usdPerMillionByRepeat }: Best) => ({
      values: usdPerMillionByRepeat,
      noise: noise(pairAt.get(point.key) as Pair, 'output_tokens_per_s'),
    });
    const difference = logDifference(sideOf(run), sideOf(baseline));
    const all = beforeAll.get(baseline.workload);
    const cheaperBefore = all !== undefined && all.usdPerMillion < baseline.usdPerMillion ? { cheaperBefore: all } : {};
    return [{ subject: { run, baseline, priceChange, ...cheaperBefore }, difference, better: 'less' as const }];
  });
  return { drafts, left };
}

function differenceOf(pair: Pair, metric: Metric, noise: NoiseOf): LogDifference {
  const [run, baseline] = [pair.run, pair.baseline].map(({ valid }) => valuesOf(valid, metric)) as [number[], number[]];
  const own = noise(pair, metric);
  return logDifference({ values: run, noise: own }, { values: baseline, noise: own });
}
