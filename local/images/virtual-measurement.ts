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
