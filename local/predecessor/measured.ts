import type { Cell, Deployment } from '#core/plan/types.ts';
import type { PriceQuote } from '#core/ports/prices.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { Distribution, Measurement } from '#core/results/measurement.ts';
import { measuredRow } from '#core/results/row.ts';
import { judge } from '#core/results/validity.ts';
import { type SeedCell, WINDOW_MS } from '#local/engine/calibration/seed.ts';

export interface ImportedCell {
  run: string;
  deployment: Deployment;
  cell: Cell;
  seed: SeedCell;
  price: PriceQuote;
  /** Whether our rules judge the figures, or they are taken at the predecessor's word. */
  judged: boolean;
}

const AT_ITS_WORD = 'Taken as published, not judged by the rules of StepBench.';

/** The row of one of the predecessor's cells. What it did not write down is null. */
export function importedRow({ run, deployment, cell, seed, price, judged }: ImportedCell): CellRow {
  const measurement = measurementOf(seed);
  // It asked for time, not for a number of requests: what it got is what it asked for.
  const asked: Cell = { ...cell, requestCount: measurement.requestCount };
  const { valid, reasons } = judge(measurement, asked);
  const row = measuredRow({
    run,
    deployment,
    cell: asked,
    node: { zone: '', capacityType: 'on-demand', instanceId: '', simulated: false, engineVersion: '' },
    recordedAt: seed.endedAt,
    price,
    measurement,
    validity: judged
      ? { valid, reasons: reasons.map(({ code }) => code), sentences: reasons.map(({ sentence }) => sentence) }
      : { valid: true, reasons: [], sentences: [AT_ITS_WORD] },
    artifacts: '',
  });
  return {
    ...row,
    request_latency_p50_ms: null,
    request_latency_p95_ms: null,
    isl_seen_avg_tokens: seed.isl,
    osl_seen_min_tokens: null,
    osl_seen_max_tokens: null,
    artifacts: null,
  };
}

/** Stands for what was not written down; the row has nulls there. */
const NOT_WRITTEN_DOWN = 0;

/** Output lengths over all cells, in tokens: of a single cell only the mean is known. */
const SHORTEST_AND_LONGEST = { min: 4, max: 703 };

function measurementOf(seed: SeedCell): Measurement {
  const only = (avg: number): Distribution => ({
    avg,
    min: NOT_WRITTEN_DOWN,
    max: NOT_WRITTEN_DOWN,
    std: null,
    p50: NOT_WRITTEN_DOWN,
    p75: NOT_WRITTEN_DOWN,
    p90: NOT_WRITTEN_DOWN,
    p95: NOT_WRITTEN_DOWN,
    p99: NOT_WRITTEN_DOWN,
  });
  return {
    generator: 'genai-perf',
    generatorVersion: null,
    startedAt: seed.startedAt,
    endedAt: seed.endedAt,
    durationSeconds: WINDOW_MS / 1000,
    requestCount: Math.round((seed.requestThroughputPerS * WINDOW_MS) / 1000),
    errorCount: 0,
    warmupRequestCount: 0,
    cancelled: false,
    errors: [],
    requestThroughputPerS: seed.requestThroughputPerS,
    outputTokensPerS: seed.outputTokensPerS,
    inputTokensPerS: null,
    requestLatencyMs: {
      ...only(seed.latencyMs),
      min: seed.latencyMinMs,
      max: seed.latencyMaxMs,
      // Nulls in the row: between what was written down, so that the order of quantiles is kept.
      p50: seed.latencyMinMs,
      p75: seed.latencyP75Ms,
      p90: seed.latencyP90Ms,
      p95: seed.latencyP90Ms,
      p99: seed.latencyP99Ms,
    },
    ttftMs: null,
    itlMs: null,
    islTokens: only(seed.isl),
    oslTokens: { ...only(seed.osl), ...SHORTEST_AND_LONGEST },
    clientDelayMs: null,
    goodputPerS: null,
    gpu: null,
    engineCounters: null,
  };
}
