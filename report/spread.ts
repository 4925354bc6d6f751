import { summarize } from '#core/results/statistics/interval.ts';

/** The mean over repeats, and how far it is known. */
export interface Spread {
  mean: number;
  /** The repeats that it is of. */
  count: number;
  /** The smallest and the largest of them. */
  min: number;
  max: number;
  /** The ends of its bar: of the 95 % confidence interval of the mean, or of the repeats where `isInterval` is false. */
  low: number;
  high: number;
  isInterval: boolean;
}

/** Of two repeats the interval is 12.7 / 1.4 times their standard deviation: it says nothing that they do not. */
const FEWEST_FOR_INTERVAL = 3;

/** No figure of a report is below 0, so no interval is. Null of no values. */
export function spreadOf(values: readonly number[]): Spread | null {
  const summary = summarize(values);
  if (summary === undefined) return null;
  const { count, mean, min, max, interval } = summary;
  const isInterval = interval !== null && count >= FEWEST_FOR_INTERVAL;
  const [low, high] = isInterval ? [Math.max(0, interval.low), interval.high] : [min, max];
  return { mean, count, min, max, low, high, isInterval };
}

/**
 * Dollars at these rates, whose bar is theirs: the mean rate has the interval. Where that reaches down to 0, dollars
 * have no upper end, and what was seen is shown. Null where one of the rates is 0.
 */
export function inverse(rate: Spread, dollarsAt: (rate: number) => number): Spread | null {
  if (rate.min <= 0) return null;
  const isInterval = rate.isInterval && rate.low > 0;
  const [most, least] = isInterval ? [rate.high, rate.low] : [rate.max, rate.min];
  return {
    mean: dollarsAt(rate.mean),
    count: rate.count,
    min: dollarsAt(rate.max),
    max: dollarsAt(rate.min),
    low: dollarsAt(most),
    high: dollarsAt(least),
    isInterval,
  };
}

/** ` (1,021 to 1,043)`, and of two repeats ` (1,021 to 1,043 in 2)`; nothing of one. */
export const inBrackets = ({ count, low, high, isInterval }: Spread, show: (value: number) => string): string =>
  count < 2 ? '' : ` (${show(low)} to ${show(high)}${isInterval ? '' : ` in ${count}`})`;

/** What the bars of a figure are. */
export function barsAre(spreads: readonly Spread[]): string {
  const intervals = spreads.filter(({ isInterval }) => isInterval).map(({ count }) => count);
  const ranges = spreads.filter(({ count, isInterval }) => count > 1 && !isInterval);
  if (intervals.length + ranges.length === 0) {
    return 'Each point has one valid measurement: there are no repeats to draw bars from.';
  }
  const few = 'from the smallest to the largest repeat, where there are too few for an interval';
  if (intervals.length === 0) return `Bars go ${few}.`;
  const [least, most] = [Math.min(...intervals), Math.max(...intervals)];
  const counts = least === most ? `n = ${least}` : `n = ${least} to ${most}`;
  return `Bars are 95 % confidence intervals of the mean over repeats (Student's t, ${counts})${ranges.length > 0 ? `; ${few}` : ''}.`;
}
