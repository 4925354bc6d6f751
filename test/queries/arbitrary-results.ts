import fc from 'fast-check';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { deploymentRow, sharedNodeRow } from '#core/results/deployment-row.ts';
import { supersedes } from '#core/results/row.ts';
import { failedSample, measuredSample, sampleDeployment, sampleNode, samplePrice } from '#test/core/results/samples.ts';

const milliseconds = fc.double({ min: 1, max: 30_000, noNaN: true });

/** What a deployment is does not change from row to row. */
const DEPLOYMENTS = {
  d0: { instance_type: 'g5.8xlarge', gpu_name: 'A10G', gpu_count: 1, tensor_parallel: 1 },
  d1: { instance_type: 'g5.12xlarge', gpu_name: 'A10G', gpu_count: 4, tensor_parallel: 4 },
  d2: { instance_type: 'g5.48xlarge', gpu_name: 'A10G', gpu_count: 8, tensor_parallel: 4 },
  d3: { instance_type: 'g6.12xlarge', gpu_name: 'L4', gpu_count: 4, tensor_parallel: 1 },
} as const;
const deployment = fc.constantFrom(...(Object.keys(DEPLOYMENTS) as (keyof typeof DEPLOYMENTS)[]));
const run = fc.constantFrom('run-1', 'run-1', 'run-1', 'run-2');

/** Few values on each axis, so that repeats, ties and attempts at the same cell come up often. */
const load = fc.record({
  run_id: run,
  deployment_id: deployment,
  concurrency: fc.option(fc.constantFrom(10, 20, 40)),
  osl_tokens: fc.constantFrom(100, 100, 200),
  streaming: fc.constantFrom(true, true, false),
  repeat: fc.constantFrom(1, 2, 3),
  attempt: fc.constantFrom(1, 2),
});

/** A user's own endpoint may have no price. */
const price = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      price_usd_per_hour: fc.constantFrom(1, 2.448, 16.288),
      fee_usd_per_hour: fc.constantFrom(0, 0.19),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ price_usd_per_hour: null, fee_usd_per_hour: null }) },
);

const figures = fc.record({
  valid: fc.boolean(),
  output_tokens_per_s: fc.oneof(fc.double({ min: 1, max: 5000, noNaN: true }), fc.constantFrom(0, 100, 200)),
  request_throughput_per_s: fc.double({ min: 0, max: 50, noNaN: true }),
  request_latency_avg_ms: milliseconds,
  request_latency_p95_ms: fc.oneof(milliseconds, fc.constantFrom(2000, null)),
  started_at: fc.constantFrom('2026-01-31T10:00:00.000Z', '2026-01-30T10:00:00.000Z', '2026-02-01T10:00:00.500Z'),
  itl_p95_ms: fc.option(milliseconds),
  simulated: fc.boolean(),
});

const cell: fc.Arbitrary<CellRow> = fc
  .tuple(load, fc.option(figures), price, milliseconds, fc.option(fc.boolean(), { freq: 8 }))
  .map(([asked, measured, paid, ttft, ttftValid]) => {
    const { concurrency } = asked;
    const id = [asked.deployment_id, concurrency ?? 'open', asked.osl_tokens, asked.streaming, asked.repeat].join('-');
    const axes = {
      ...DEPLOYMENTS[asked.deployment_id],
      ...asked,
      cell_id: id,
      request_rate_per_s: concurrency === null ? 2.5 : null,
    };
    if (measured === null) return failedSample(axes);
    const reasons = measured.valid ? null : 'occupancy';
    return measuredSample({
      ...axes,
      ...measured,
      ...paid,
      invalid_reasons: reasons,
      ttft_p95_ms: asked.streaming ? ttft : null,
      ttft_valid: asked.streaming ? ttftValid : null,
    });
  });

/** Rows as a store has them: one for each cell of a run, what supersedes kept. */
export const arbitraryCellsOf = (lengths: { minLength?: number; maxLength: number }): fc.Arbitrary<CellRow[]> =>
  fc.array(cell, { ...lengths, size: 'max' }).map((rows) => {
    const stored = new Map<string, CellRow>();
    for (const row of rows) {
      const key = `${row.run_id}/${row.cell_id}`;
      if (supersedes(row, stored.get(key))) stored.set(key, row);
    }
    return [...stored.values()];
  });

export const arbitraryCells = arbitraryCellsOf({ maxLength: 50 });

const seconds = fc.record(
  Object.fromEntries(
    (['launch', 'pull', 'load', 'measure', 'idle', 'release'] as const).map((phase) => [
      phase,
      fc.double({ min: 0, max: 4000, noNaN: true }),
    ]),
  ) as Record<'launch' | 'pull' | 'load' | 'measure' | 'idle' | 'release', fc.Arbitrary<number>>,
);

const life = fc.record({
  run,
  attempt: fc.constantFrom(1, 2),
  seconds,
  price: fc.option(fc.constantFrom(samplePrice, { ...samplePrice, priceUsdPerHour: 16.288, feeUsdPerHour: 0 })),
  node: fc.boolean().map((simulated) => ({ ...sampleNode, simulated })),
  launchedAt: fc.constant('2026-01-31T10:00:00Z'),
  releasedAt: fc.constant('2026-01-31T11:00:00Z'),
  downloads: fc.constant({ imageGiB: 9.5, weightsGiB: null }),
  recordedAt: fc.constant('2026-01-31T11:00:00Z'),
});

const outcomes = fc.array(fc.constantFrom('valid', 'invalid', 'failed', 'cut', 'missing'), { maxLength: 5 });

const engineNode = fc.tuple(life, deployment, outcomes).map(([lived, id, cells]) => {
  const [first] = sampleDeployment.cells;
  const rows = cells.flatMap((outcome, index) => {
    const cell_id = `c${index}`;
    if (outcome === 'missing') return [];
    if (outcome === 'failed') return [failedSample({ cell_id })];
    if (outcome === 'cut') return [failedSample({ cell_id, error_name: 'DeadlinePassed' })];
    return [measuredSample({ cell_id, valid: outcome === 'valid' })];
  });
  const asked = cells.map((_, index) => ({ ...first!, id: `c${index}` }));
  return deploymentRow({ ...lived, deployment: { ...sampleDeployment, id, cells: asked }, rows, failure: null });
});

const sharedNode = fc
  .tuple(life, fc.constantFrom('load' as const, 'stage' as const))
  .map(([lived, role]) => sharedNodeRow({ ...lived, role, instanceType: 'c7i.2xlarge', vcpus: 8 }));

export const arbitraryDeployments: fc.Arbitrary<DeploymentRow[]> = fc.uniqueArray(fc.oneof(engineNode, sharedNode), {
  maxLength: 12,
  size: 'max',
  selector: (row) => `${row.run_id}/${row.deployment_id}/${row.attempt}`,
});

export const arbitraryTarget = fc.oneof(fc.constant(1e12), fc.double({ min: 0, max: 40_000, noNaN: true }));
