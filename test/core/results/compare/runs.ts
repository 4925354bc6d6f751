import type { CellRow } from '#core/results/cell-columns.ts';
import { normal, uniforms } from '#local/engine/model/noise.ts';
import { measuredSample } from '../samples.ts';

export interface SampleRun {
  run: string;
  repeats: number;
  deployments?: readonly { id: string; instance_type: string; price_usd_per_hour: number | null }[];
  concurrencies?: readonly number[];
  /** Multiplies throughput, and divides latency; 1 changes nothing. */
  factor?: (row: CellRow) => number;
  change?: (row: CellRow) => Partial<CellRow>;
}

export const TWO_DEPLOYMENTS = [
  { id: 'd-small', instance_type: 'g5.8xlarge', price_usd_per_hour: 2.448 },
  { id: 'd-large', instance_type: 'g5.12xlarge', price_usd_per_hour: 5.672 },
] as const;

/** A run over deployments and concurrencies: throughput grows with both, latency with the concurrency. */
export function sampleRun({
  run,
  repeats,
  deployments = TWO_DEPLOYMENTS,
  concurrencies = [10, 50],
  factor = () => 1,
  change = () => ({}),
}: SampleRun): CellRow[] {
  return deployments.flatMap((deployment, place) =>
    concurrencies.flatMap((concurrency) =>
      Array.from({ length: repeats }, (_, index) => {
        const row = measuredSample({
          run_id: run,
          deployment_id: deployment.id,
          instance_type: deployment.instance_type,
          price_usd_per_hour: deployment.price_usd_per_hour,
          concurrency,
          repeat: index + 1,
          cell_id: `${deployment.id}-${concurrency}-${index + 1}`,
        });
        const scale = factor(row);
        return {
          ...row,
          output_tokens_per_s: (1 + 2 * place) * 40 * concurrency * scale,
          request_latency_p95_ms: (100 * concurrency) / scale,
          ttft_p95_ms: (10 * concurrency) / scale,
          ...change(row),
        };
      }),
    ),
  );
}

/** Independent standard normal numbers from a seed. */
export function normals(seed: number): () => number {
  const next = uniforms(seed);
  return () => normal(next);
}
