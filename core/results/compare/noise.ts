import { METRIC_NAMES, type Metric, valuesOf } from '../load-points.ts';
import { varianceOf } from '../statistics/interval.ts';
import type { Pair } from './pairs.ts';

/**
 * What a figure is taken to scatter by from repeat to repeat, as a share of itself, as long as nothing better is known.
 *
 * Seen once on real GPUs: the predecessor measured the same loads on g5.8xlarge and g5.16xlarge, which have the same
 * A10G. Over the three valid pairs the ratios of output throughput scatter by 2.8 %, so each figure by 2 %; those of
 * the p90 latency, with a fourth pair, by up to 3.5 %, so each by 2.5 %. Three pairs say little: the assumption is
 * half as large again for throughput and twice as large for latency. No TTFT was measured then; it is taken for a
 * latency.
 */
const ASSUMED: Record<Metric, number> = {
  output_tokens_per_s: 0.03,
  request_latency_p95_ms: 0.05,
  ttft_p95_ms: 0.05,
};

/** How many repeats the assumption counts for, beside those of all cells. */
const ASSUMED_DF = 6;

/**
 * How many repeats the noise of all cells counts for, beside the cell's own: fitting where the noise of one cell is
 * half to twice that of another.
 */
const SHARED_DF = 3;

/**
 * What all figures of a deployment in a run share, from one node and one start of the engine to the next. Those pairs
 * of instance types differed by 0.4 % in mean throughput over four loads, give or take 1.2 %: up to 2 % for a node
 * would go with that.
 */
export const RUN_NOISE = 0.02;

/** Of one repeat of a load: a variance of logarithms, and how many degrees of freedom it is known with. */
export interface Noise {
  variance: number;
  df: number;
}

/**
 * The noise of each pair of load points and metric, moderated (G. K. Smyth, Linear Models and Empirical Bayes
 * Methods, 2004): two or three repeats alone give too small a scatter too often, and among a hundred comparisons those
 * are then called changes. So a cell's own scatter counts together with that of all cells of both runs, and that
 * together with the assumption.
 */
export function noiseOf(pairs: readonly Pair[]): (pair: Pair, metric: Metric) => Noise {
  const shared = new Map(
    METRIC_NAMES.map((metric) => {
      const repeats = pairs.map((pair) => scatterOf(pair, metric));
      const scatters = repeats.some(({ df }) => df > 0) ? repeats : changesOf(pairs, metric);
      return [metric, mix({ variance: ASSUMED[metric] ** 2, df: ASSUMED_DF }, scatters).variance];
    }),
  );
  return (pair, metric) => mix({ variance: shared.get(metric) as number, df: SHARED_DF }, [scatterOf(pair, metric)]);
}

/** Sum of squares of the logarithms around their mean, in each of the two runs. */
interface Scatter {
  squares: number;
  df: number;
}

const scatterOf = ({ run, baseline }: Pair, metric: Metric): Scatter =>
  [run, baseline].reduce(
    (sum, { valid }) => {
      const logs = valuesOf(valid, metric).map(Math.log);
      const df = logs.length - 1;
      return df < 1 ? sum : { squares: sum.squares + varianceOf(logs) * df, df: sum.df + df };
    },
    { squares: 0, df: 0 },
  );

/** Of the normal distribution: its standard deviation over the median of the distances from its middle. */
const STD_PER_MEDIAN = 1.4826;
/** What a median of distances knows of the standard deviation, of what all the values know. */
const EFFICIENCY = 0.37;

/**
 * Where nothing was repeated: what the changes of a deployment's cells scatter by around their median, which is the
 * noise of two repeats. By the median of the distances, so that the one cell that did change does not hide itself.
 */
function changesOf(pairs: readonly Pair[], metric: Metric): Scatter[] {
  const deployments = Map.groupBy(pairs, ({ run }) => run.rows[0]?.deployment_id);
  const distances = [...deployments.values()].flatMap((own) => {
    const changes = own.flatMap(({ run, baseline }) => {
      const [[after], [before]] = [valuesOf(run.valid, metric), valuesOf(baseline.valid, metric)];
      return after === undefined || before === undefined ? [] : [Math.log(after / before)];
    });
    const middle = median(changes);
    return changes.map((change) => Math.abs(change - middle));
  });
  const free = distances.length - deployments.size;
  if (free < 1) return [];
  const variance = (STD_PER_MEDIAN * median(distances)) ** 2 * (distances.length / free);
  const df = EFFICIENCY * free;
  return [{ squares: (variance / 2) * df, df }];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

function mix(prior: Noise, scatters: readonly Scatter[]): Noise {
  const df = scatters.reduce((sum, scatter) => sum + scatter.df, prior.df);
  const squares = scatters.reduce((sum, scatter) => sum + scatter.squares, prior.variance * prior.df);
  return { variance: squares / df, df };
}
