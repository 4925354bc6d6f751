import type { Cell, Deployment } from '#core/plan/types.ts';
import type { PriceQuote } from '#core/ports/prices.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { Distribution, Measurement } from '#core/results/measurement.ts';
import { type FailedCell, failedRow, type MeasuredCell, measuredRow } from '#core/results/row.ts';
import type { NodeFacts } from '#core/workflow/payload.ts';

export const samplePrice: PriceQuote = {
  instanceType: 'g5.8xlarge',
  region: 'us-east-1',
  capacityType: 'on-demand',
  priceUsdPerHour: 2.448,
  feeUsdPerHour: 0.19,
  source: 'a list in a test',
  effectiveAt: '2026-07-01',
};

export const sampleCell: Cell = {
  id: 'c0ffee',
  concurrency: 10,
  requestRate: null,
  isl: 200,
  islStddev: 0,
  osl: 100,
  oslStddev: 0,
  endpoint: 'completions',
  streaming: true,
  dataset: 'synthetic',
  repeat: 1,
  requestCount: 100,
  warmupRequestCount: 10,
  seed: 4_294_967_296,
  attempt: 1,
  timeoutSeconds: 600,
};

export const sampleDeployment: Deployment = {
  id: 'd0',
  instanceType: 'g5.8xlarge',
  gpuName: 'A10G',
  gpuCount: 1,
  vcpus: 32,
  capacityTypes: ['on-demand'],
  engine: 'vllm',
  model: 'openai/gpt-oss-20b',
  tensorParallel: 1,
  pipelineParallel: 1,
  engineArguments: ['--max-model-len', '8192'],
  shmGiB: 10,
  generator: 'aiperf',
  prices: [samplePrice],
  maxSeconds: 3600,
  capacityPatienceSeconds: 600,
  cells: [sampleCell],
};

export const sampleNode: NodeFacts = {
  zone: 'us-east-1b',
  capacityType: 'on-demand',
  instanceId: 'i-0abc',
  simulated: false,
  engineVersion: '0.32.0',
};

export const noNode: NodeFacts = { zone: '', capacityType: '', instanceId: '', simulated: false, engineVersion: '' };

const distribution = (avg: number): Distribution => ({
  avg,
  min: avg * 0.5,
  max: avg * 3,
  std: avg * 0.2,
  p50: avg * 0.9,
  p75: avg * 1.1,
  p90: avg * 1.4,
  p95: avg * 1.6,
  p99: avg * 2,
});

export const sampleMeasurement: Measurement = {
  generator: 'aiperf',
  generatorVersion: '0.13.0',
  startedAt: '2026-01-31T10:00:00Z',
  endedAt: '2026-01-31T10:00:50.5Z',
  durationSeconds: 50.5,
  requestCount: 100,
  errorCount: 0,
  warmupRequestCount: 10,
  cancelled: false,
  errors: [],
  requestThroughputPerS: 2,
  outputTokensPerS: 200,
  inputTokensPerS: 400,
  requestLatencyMs: distribution(5000),
  ttftMs: distribution(300),
  itlMs: distribution(40),
  islTokens: distribution(200),
  oslTokens: distribution(100),
  clientDelayMs: { avg: 1, p99: 4 },
  goodputPerS: null,
  gpu: { utilisationPercent: 93, powerWatts: 210, memoryGiB: 21.5 },
  engineCounters: { 'vllm:generation_tokens_total': 11_000, 'vllm:kv_cache_usage_perc': 0.4 },
};

export const measuredInput: MeasuredCell = {
  run: 'run-1',
  deployment: sampleDeployment,
  cell: sampleCell,
  node: sampleNode,
  price: samplePrice,
  measurement: sampleMeasurement,
  validity: { valid: true, reasons: [] },
  artifacts: 'runs/run-1/artifacts/d0/c0ffee/1/',
  recordedAt: '2026-01-31T10:01:00Z',
};

export const failedInput: FailedCell = {
  run: 'run-1',
  deployment: sampleDeployment,
  cell: sampleCell,
  node: noNode,
  price: null,
  error: 'NoCapacity',
  reason: 'No g5.8xlarge in any zone for 10 minutes.',
  artifacts: null,
  recordedAt: '2026-01-31T10:01:00Z',
};

/** A measured row with some of its values replaced. */
export const measuredSample = (changes: Partial<CellRow> = {}): CellRow => ({
  ...measuredRow(measuredInput),
  ...changes,
});

export const failedSample = (changes: Partial<CellRow> = {}): CellRow => ({ ...failedRow(failedInput), ...changes });
