/**
 * What the predecessor of this project published of its measurements, in the README of its repository
 * (github.com/CyrusTC/aws-eks-llm-perf-test, August 2025). The measurements themselves are in
 * local/engine/calibration/g5-seed.csv.
 */
export const PUBLISHED_AT = '2025-08-11';

export const PUBLISHED_SOURCE = "the predecessor's README, 'on-demand pricing as of August 2025', no fee";

/** USD per hour. That of g5.16xlarge is g4dn.16xlarge's: g5's was and is 4.096. */
export const PUBLISHED_USD_PER_HOUR: Readonly<Record<string, number>> = {
  'g5.8xlarge': 2.448,
  'g5.12xlarge': 5.672,
  'g5.16xlarge': 4.352,
  'g5.48xlarge': 16.288,
};

export interface PublishedFigure {
  instanceType: string;
  concurrency: number;
  /** Rounded to whole tokens, as all throughputs in its tables. */
  tokensPerS: number;
  /** Tokens per second for a dollar an hour. */
  perUsd: number;
}

/** Its table "Peak Throughput Comparison". */
export const PUBLISHED_PEAKS: readonly PublishedFigure[] = [
  { instanceType: 'g5.8xlarge', concurrency: 120, tokensPerS: 961, perUsd: 392.6 },
  { instanceType: 'g5.12xlarge', concurrency: 120, tokensPerS: 1910, perUsd: 336.8 },
  { instanceType: 'g5.16xlarge', concurrency: 120, tokensPerS: 985, perUsd: 226.3 },
  { instanceType: 'g5.48xlarge', concurrency: 80, tokensPerS: 1401, perUsd: 86.0 },
];

/** Its table "Low Latency Comparison (< 3s average latency)". */
export const PUBLISHED_LOW_LATENCY: readonly PublishedFigure[] = [
  { instanceType: 'g5.8xlarge', concurrency: 20, tokensPerS: 448, perUsd: 183.0 },
  { instanceType: 'g5.12xlarge', concurrency: 20, tokensPerS: 1193, perUsd: 210.4 },
  { instanceType: 'g5.16xlarge', concurrency: 20, tokensPerS: 453, perUsd: 104.1 },
  { instanceType: 'g5.48xlarge', concurrency: 10, tokensPerS: 781, perUsd: 47.9 },
];
