import { twoSidedQuantile } from './student-t.ts';

export const LEVEL = 0.95;

export interface Summary {
  count: number;
  mean: number;
  min: number;
  max: number;
  /** Standard deviation of the sample (n - 1); null of one value. */
  std: number | null;
  /** The 95 % confidence interval of the mean, by Student's t; null of one value, which says nothing of its own spread. */
  interval: { low: number; high: number } | null;
}

/** Undefined of no values. */
export function summarize(values: readonly number[]): Summary | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const mean = meanOf(values);
  const std = count === 1 ? null : Math.sqrt(varianceOf(values));
  const reach = std === null ? null : (twoSidedQuantile(LEVEL, count - 1) * std) / Math.sqrt(count);
  return {
    count,
    mean,
    min: Math.min(...values),
    max: Math.max(...values),
    std,
    interval: reach === null ? null : { low: mean - reach, high: mean + reach },
  };
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of a sample of two or more. */
export function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
