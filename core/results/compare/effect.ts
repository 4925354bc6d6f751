import { LEVEL, meanOf } from '../statistics/interval.ts';
import { twoSidedP, twoSidedQuantile } from '../statistics/student-t.ts';
import { type Noise, RUN_NOISE } from './noise.ts';

/** Repeats of one load in one run, and the noise of each of them. */
export interface Side {
  values: readonly number[];
  noise: Noise;
}

/** The logarithm of a ratio, with what is known of its error. */
export interface LogDifference {
  /** ln(run / baseline). */
  estimate: number;
  /** Of the estimate, without the noise between runs. */
  variance: number;
  /** Sum of (part of the variance)^2 / its degrees of freedom: what Welch and Satterthwaite divide by. */
  looseness: number;
  /** `assumed`: a side has a single repeat, so that its noise is known from other cells, or not at all. */
  basis: 'repeats' | 'assumed';
}

export interface Effect {
  /** run / baseline - 1. */
  change: number;
  /** Its 95 % confidence interval, not adjusted for the number of comparisons. */
  low: number;
  high: number;
  /** Of no change at all, two-sided. */
  p: number;
  basis: LogDifference['basis'];
}

/** On the logarithm: relative errors add up there, and a ratio and its inverse are alike. */
export function logDifference(run: Side, baseline: Side): LogDifference {
  const sides = [run, baseline].map(({ values, noise }) => ({ part: noise.variance / values.length, df: noise.df }));
  return {
    estimate: meanOf(run.values.map(Math.log)) - meanOf(baseline.values.map(Math.log)),
    variance: sides.reduce((sum, { part }) => sum + part, 0),
    // As if both sides' noise were one guess, which it mostly is.
    looseness: sides.reduce((sum, { part, df }) => sum + part / Math.sqrt(df), 0) ** 2,
    basis: Math.min(run.values.length, baseline.values.length) > 1 ? 'repeats' : 'assumed',
  };
}

/** The mean of several differences: the cells of one deployment. Assumed as soon as one of them is. */
export function meanDifference(differences: readonly LogDifference[]): LogDifference {
  const count = differences.length;
  return {
    estimate: meanOf(differences.map(({ estimate }) => estimate)),
    variance: differences.reduce((sum, { variance }) => sum + variance, 0) / count ** 2,
    looseness: differences.reduce((sum, { looseness }) => sum + looseness, 0) / count ** 4,
    basis: differences.every(({ basis }) => basis === 'repeats') ? 'repeats' : 'assumed',
  };
}

/**
 * Student's t with the degrees of freedom of Welch and Satterthwaite, and the noise between runs added: the repeats of
 * a run share one node and one start of the engine, so what these bring is in their mean and not in their scatter, and
 * no number of repeats or cells averages it out.
 */
export function effectOf({ estimate, variance, looseness, basis }: LogDifference): Effect {
  const total = variance + 2 * RUN_NOISE ** 2;
  const df = total ** 2 / looseness;
  const error = Math.sqrt(total);
  const reach = twoSidedQuantile(LEVEL, df) * error;
  return {
    change: Math.expm1(estimate),
    low: Math.expm1(estimate - reach),
    high: Math.expm1(estimate + reach),
    p: twoSidedP(estimate / error, df),
    basis,
  };
}
