/**
 * Profiles fitted to measurements of openai/gpt-oss-20b on G5 nodes (calibration/g5-seed.csv, August 2025) by
 * calibration/fit.ts, to three digits. `node bench/simulator-fit.ts` fits again; a test compares.
 *
 * The prefill time is assumed, not measured: the seed data has one prompt length and no time to first token. With
 * 3.6 billion active parameters a token costs 7.2 GFLOP; an A10G at 40 % of its 70 TFLOP/s does it in 0.257 ms. With
 * four GPUs it is divided by 1.75, the ratio of the two kinds' throughput at 120 requests in flight.
 */
export interface MeasuredProfile {
  instanceType: string;
  tensorParallel: number;
  interTokenLatencyMs: number;
  timeFactorUnderLoad: number;
  loadExponent: number;
  prefillTimePerTokenMs: number;
  /** What the first requests of the measurement waited for a cold engine; no part of the model. */
  coldStartMs: number;
}

export const MEASURED_MODEL = 'openai/gpt-oss-20b';

export const MEASURED: readonly MeasuredProfile[] = [
  {
    instanceType: 'g5.8xlarge',
    tensorParallel: 1,
    interTokenLatencyMs: 31.8,
    timeFactorUnderLoad: 6.73,
    loadExponent: 1.19,
    prefillTimePerTokenMs: 0.257,
    coldStartMs: 5050,
  },
  {
    instanceType: 'g5.12xlarge',
    tensorParallel: 4,
    interTokenLatencyMs: 8.47,
    timeFactorUnderLoad: 13.1,
    loadExponent: 0.952,
    prefillTimePerTokenMs: 0.147,
    coldStartMs: 5040,
  },
  {
    instanceType: 'g5.16xlarge',
    tensorParallel: 1,
    interTokenLatencyMs: 33.8,
    timeFactorUnderLoad: 5.97,
    loadExponent: 1.22,
    prefillTimePerTokenMs: 0.257,
    coldStartMs: 5130,
  },
  {
    instanceType: 'g5.48xlarge',
    tensorParallel: 4,
    interTokenLatencyMs: 7.44,
    timeFactorUnderLoad: 22.5,
    loadExponent: 1.08,
    prefillTimePerTokenMs: 0.147,
    coldStartMs: 86.1,
  },
];
