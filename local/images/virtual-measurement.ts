import type { Cell } from '#core/plan/types.ts';
import type { Prediction } from '../engine/model/predict.ts';

/** What a virtual load came to: the model's steady state, without noise. */
export interface VirtualMeasurement {
  cell: Cell;
  prediction: Prediction;
  /** Epoch ms of the first request sent and the last response received. */
  startMs: number;
  endMs: number;
}

/** When the n-th request is sent: a closed load's one wave after another, an open load's at equal times. */
export function sentMs(n: number, { concurrency, requestCount }: Cell, startMs: number, lastStartMs: number): number {
  const inStep = concurrency ?? 1;
  const last = Math.floor((requestCount - 1) / inStep);
  return startMs + ((lastStartMs - startMs) * Math.floor(n / inStep)) / Math.max(1, last);
}
