import type { Capacity, LatencyModel } from '../model/latency.ts';
import { type Replayed, replay } from './replay.ts';
import { type SeedCell, VALID_OCCUPANCY, WINDOW_MS } from './seed.ts';
import { minimise } from './simplex.ts';

/** What the seed data can tell apart. The prefill's share of a request cannot be: there is one ISL and no TTFT. */
export interface Fitted {
  interTokenLatencyMs: number;
  timeFactorUnderLoad: number;
  loadExponent: number;
  /** Not of the engine but of the measurement: the first request of each client of the first, unwarmed cell. */
  coldStartMs: number;
}

const LOAD_REFERENCE_SEQS = 256;

/** The cell that found the engine cold. */
const COLD_CONCURRENCY = 10;

/** Read from the spread of latencies (p90 / mean is 1.2 to 1.3 where the engine was warm and nothing was cut off). */
const OSL_SPREAD = 0.2;

/** The seed runs never came near either limit. */
const ROOMY: Capacity = { maxNumSeqs: 256, kvCacheTokens: 1e9, blockSizeTokens: 16 };

/**
 * A prompt joins the batch at the next step, hence the overhead of one ITL.
 * @param prefillTimePerTokenMs assumed, see measured.ts.
 */
function fittedModel(fitted: Omit<Fitted, 'coldStartMs'>, prefillTimePerTokenMs: number): LatencyModel {
  return {
    timeToFirstTokenMs: null,
    timeToFirstTokenStdDevMs: 0,
    prefillOverheadMs: fitted.interTokenLatencyMs,
    prefillTimePerTokenMs,
    prefillTimeStdDevMs: 0,
    interTokenLatencyMs: fitted.interTokenLatencyMs,
    interTokenLatencyStdDevMs: 0,
    timeFactorUnderLoad: fitted.timeFactorUnderLoad,
    loadReferenceSeqs: LOAD_REFERENCE_SEQS,
    loadExponent: fitted.loadExponent,
  };
}

/** The model measured as the cell was measured: same window, same cut-off, same cold start. */
export function replayCell(fitted: Fitted, prefillTimePerTokenMs: number, cell: SeedCell): Replayed {
  return replay(fittedModel(fitted, prefillTimePerTokenMs), ROOMY, {
    concurrency: cell.concurrency,
    isl: cell.isl,
    osl: cell.osl,
    oslSpread: OSL_SPREAD,
    windowMs: WINDOW_MS,
    coldStartMs: cell.concurrency === COLD_CONCURRENCY ? fitted.coldStartMs : 0,
  });
}

/**
 * Least squares of log ratios over one instance type's cells. Throughput counts in every cell, since the replay cuts
 * off what the measurement cut off; latency counts only where the cell is valid, since below that it describes the
 * requests that happened to finish. The cold cell's p99 pins the cold start.
 */
export function fit(cells: SeedCell[], prefillTimePerTokenMs: number): Fitted & { cost: number } {
  const cost = (point: number[]): number => {
    const fitted = fromPoint(point);
    let sum = 0;
    for (const cell of cells) {
      const replayed = replayCell(fitted, prefillTimePerTokenMs, cell);
      sum += Math.log(replayed.requestThroughputPerS / cell.requestThroughputPerS) ** 2;
      if (cell.occupancy >= VALID_OCCUPANCY) sum += Math.log(replayed.latencyMs / cell.latencyMs) ** 2;
      if (cell.concurrency === COLD_CONCURRENCY) sum += Math.log(replayed.latencyP99Ms / cell.latencyP99Ms) ** 2;
    }
    return sum;
  };
  // Completions are whole numbers, so the cost is rough, and a warm and a cold start are valleys of their own: begin in
  // the one that the data shows.
  const cold = cells.find((cell) => cell.concurrency === COLD_CONCURRENCY);
  const coldMs = cold === undefined ? 100 : Math.max(100, cold.latencyP99Ms - cold.latencyMs);
  const ends = [10, 30].map((itlMs) => minimise(cost, [Math.log(itlMs), Math.log(5), 0, Math.log(coldMs)], 0.2, 120));
  const best = ends.reduce((least, end) => (end.cost < least.cost ? end : least));
  return { ...fromPoint(best.point), cost: best.cost };
}

const fromPoint = (point: number[]): Fitted => ({
  interTokenLatencyMs: Math.exp(point[0]!),
  timeFactorUnderLoad: 1 + Math.exp(point[1]!),
  loadExponent: Math.exp(point[2]!),
  coldStartMs: Math.exp(point[3]!),
});
