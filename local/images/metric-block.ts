/** A distribution without spread, as both generators' summaries write one. */
export const block = (unit: string, value: number) => ({
  unit,
  avg: value,
  min: value,
  max: value,
  std: 0,
  p50: value,
  p75: value,
  p90: value,
  p95: value,
  p99: value,
});
