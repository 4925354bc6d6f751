import type { CellRow } from '#core/results/cell-columns.ts';
import type { Best } from '#core/results/compare/best.ts';
import { ALPHA, type Comparison, type Judgement } from '#core/results/compare/compare.ts';
import type { Effect } from '#core/results/compare/effect.ts';
import { allMarks } from '#core/results/marks.ts';
import type { Compared } from './compare.ts';
import { extrapolatedIn, markedRows } from './compare-marks.ts';

/** Everything that was compared. Changes and intervals in per cent of the baseline. */
export function comparisonJson({ run, baseline, threshold, comparison }: Compared) {
  const rows = markedRows(comparison);
  const marks = allMarks(rows);
  return {
    schema_version: 1,
    command: 'compare',
    run,
    baseline,
    verdict: comparison.verdict,
    simulated: marks.includes('SIMULATED'),
    extrapolated: marks.includes('EXTRAPOLATED'),
    extrapolated_deployments: extrapolatedIn(rows),
    threshold_percent: threshold * 100,
    alpha: ALPHA,
    best: bestJson(comparison),
    deployments: comparison.deployments.map((one) => {
      const row = one.pairs[0]?.run.rows[0] as CellRow;
      return { ...deployment(row), metric: 'output_tokens_per_s', loads: one.pairs.length, ...judged(one) };
    }),
    cells: comparison.cells.map((cell) => ({
      ...place(cell.pair.run.rows[0] as CellRow),
      metric: cell.metric,
      repeats: cell.pair.run.valid.length,
      baseline_repeats: cell.pair.baseline.valid.length,
      run: cell.run,
      baseline: cell.baseline,
      repeats_disagree: [cell.pair.run, cell.pair.baseline].some((point) => point.disagreements.includes(cell.metric)),
      ...judged(cell),
    })),
    not_compared: comparison.left.map(({ row, metric, reason, blocks }) => ({
      ...place(row),
      metric: metric ?? null,
      reason,
      blocks,
    })),
  };
}

const bestJson = ({ costs }: Comparison) =>
  costs.map((cost) => ({
    metric: 'usd_per_million_output_tokens',
    run: bestOf(cost.run),
    baseline: bestOf(cost.baseline),
    cheaper_in_baseline: cost.cheaperBefore === undefined ? null : bestOf(cost.cheaperBefore),
    price_change_percent: cost.priceChange * 100,
    ...judged(cost),
  }));

function bestOf({ rows, usdPerMillion }: Best) {
  const row = rows[0] as CellRow;
  return {
    ...place(row),
    usd_per_million_output_tokens: usdPerMillion,
    price_usd_per_hour: row.price_usd_per_hour,
    fee_usd_per_hour: row.fee_usd_per_hour,
    price_source: row.price_source,
    price_effective_at: row.price_effective_at,
  };
}

const deployment = ({ deployment_id, instance_type, tensor_parallel, model }: CellRow) => ({
  deployment_id,
  instance_type,
  tensor_parallel,
  model,
});

const place = (row: CellRow) => ({
  ...deployment(row),
  concurrency: row.concurrency,
  request_rate_per_s: row.request_rate_per_s,
  isl_tokens: row.isl_tokens,
  osl_tokens: row.osl_tokens,
  cell_id: row.cell_id,
});

const judged = ({ effect, adjustedP, judgement }: { effect: Effect; adjustedP: number; judgement: Judgement }) => ({
  judgement,
  change_percent: effect.change * 100,
  low_percent: effect.low * 100,
  high_percent: effect.high * 100,
  p: effect.p,
  adjusted_p: adjustedP,
  basis: effect.basis,
});
