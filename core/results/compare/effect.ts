import { LEVEL, meanOf, varianceOf } from '../statistics/interval.ts';
import { twoSidedP, twoSidedQuantile } from '../statistics/student-t.ts';
import { RUN_NOISE } from './noise.ts';

/** The logarithm of a ratio, with what is known of its error. */
export interface LogDifference {
  /** ln(run / baseline). */
  estimate: number;
  /** Of the estimate, without the noise between runs. */
  variance: number;
  /** Sum of (part of the variance)^2 / its degrees of freedom (Welch and Satterthwaite); 0 where the variance is assumed. */
  looseness: number;
  /** `repeats`: from the scatter of the repeats. `assumed`: one side has a single one, so the documented noise is taken. */
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

/**
 * Between two sets of repeats, on the logarithm: relative errors add up there, and a ratio and its inverse are alike.
 * @param noise relative standard deviation that a single repeat is taken to have.
 */
export function logDifference(run: readonly number[], baseline: readonly number[], noise: number): LogDifference {
  const [after, before] = [run.map(Math.log), baseline.map(Math.log)];
  const estimate = meanOf(after) - meanOf(before);
  if (after.length < 2 || before.length < 2) {
    const variance = noise ** 2 * (1 / after.length + 1 / before.length);
    return { estimate, variance, looseness: 0, basis: 'assumed' };
  }
  const parts = [after, before].map((side) => ({ part: varianceOf(side) / side.length, df: side.length - 1 }));
  return {
    estimate,
    variance: parts.reduce((sum, { part }) => sum + part, 0),
    looseness: parts.reduce((sum, { part, df }) => sum + part ** 2 / df, 0),
    basis: 'repeats',
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
 * Welch's t test, with the noise between runs added: the repeats of a run share one node and one start of the engine,
 * so what these bring is in their mean and not in their scatter, and no number of repeats or cells averages it out.
 */
export function effectOf({ estimate, variance, looseness, basis }: LogDifference): Effect {
  const total = variance + 2 * RUN_NOISE ** 2;
  const df = looseness === 0 ? Number.POSITIVE_INFINITY : total ** 2 / looseness;
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
