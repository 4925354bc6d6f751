import type { SqlRow } from '#core/ports/sql.ts';
import { seedCells } from '#local/engine/calibration/seed.ts';
import { PUBLISHED_LOW_LATENCY, PUBLISHED_USD_PER_HOUR } from '#local/predecessor/published.ts';
import type { PredecessorAnswers } from './answers.ts';
import { cellOf, one, rowOf, seconds } from './format.ts';

/** Of the mean latency, in its second table's title. */
const MEAN_LIMIT_MS = 3000;

/** What is wrong with the whole, as a list. */
export function findings(own: PredecessorAnswers): string {
  const cells = own.get('cells') ?? [];
  const over = PUBLISHED_LOW_LATENCY.map(({ instanceType, concurrency }) =>
    cellOf(own, instanceType, concurrency),
  ).filter((cell) => Number(cell.request_latency_avg_ms) > MEAN_LIMIT_MS);
  const large = cells.filter((cell) => cell.instance_type === 'g5.48xlarge');
  const best = large
    .filter((cell) => Number(cell.request_latency_avg_ms) < MEAN_LIMIT_MS)
    .sort((a, b) => Number(b.output_tokens_per_s) - Number(a.output_tokens_per_s))[0];
  const taken = PUBLISHED_LOW_LATENCY.find(({ instanceType }) => instanceType === 'g5.48xlarge');
  const largeUsd = PUBLISHED_USD_PER_HOUR['g5.48xlarge'] ?? Number.NaN;
  const stranded = rowOf(own.get('stranded-gpus'), 'g5.48xlarge');
  const seven = own
    .get('alternatives')
    ?.find(
      (row) =>
        row.dear_instance_type === 'g5.48xlarge' && row.instance_type === 'g5.8xlarge' && row.rule === 'nearest-price',
    );
  const six = own
    .get('alternatives')
    ?.find(
      (row) =>
        row.dear_instance_type === 'g5.48xlarge' && row.instance_type === 'g5.8xlarge' && row.rule === 'fits-price',
    );
  const apart = cells
    .filter((cell) => cell.instance_type === 'g5.8xlarge')
    .map((cell) => {
      const twin = cellOf(own, 'g5.16xlarge', Number(cell.concurrency));
      const percent = (Number(twin.output_tokens_per_s) / Number(cell.output_tokens_per_s) - 1) * 100;
      return { concurrency: cell.concurrency, percent };
    });
  const widest = apart.reduce((a, b) => (Math.abs(b.percent) > Math.abs(a.percent) ? b : a));
  return [
    `"< 3s average latency" holds for ${PUBLISHED_LOW_LATENCY.length - over.length} of its ${PUBLISHED_LOW_LATENCY.length} rows: ${over.map((cell) => `${cell.instance_type} has ${seconds(cell.request_latency_avg_ms)}`).join(', ')}. Neither type is below 3 s at any concurrency.`,
    `Within 3 s g5.48xlarge is cheapest at a concurrency of ${best?.concurrency} (${seconds(best?.request_latency_avg_ms)}): ${one(Number(best?.output_tokens_per_s) / largeUsd)} tokens/s for a dollar an hour, not the ${one(taken?.perUsd ?? 0)} of ${taken?.concurrency}, which is where it is fastest.`,
    `g5.48xlarge ran TP=${stranded.tensor_parallel} on ${stranded.gpu_count} GPUs and is billed whole: $${Number(stranded.stranded_usd_per_hour).toFixed(2)} of its $${stranded.usd_per_hour} an hour pay for GPUs that did nothing.`,
    `"Similar cost": ${seven?.instances} g5.8xlarge cost ${Number(seven?.times_cost).toFixed(2)} times as much as the one g5.48xlarge, for ${Number(seven?.times_throughput).toFixed(2)} times the tokens. ${six?.instances} fit its price (${Number(six?.times_cost).toFixed(2)}), for ${Number(six?.times_throughput).toFixed(2)} times. That a fleet does the work of one so many times over was not measured.`,
    `The first cell of a deployment carries the cold start: the p99 of g5.12xlarge is ${seconds(p99('g5.12xlarge', 10))} at a concurrency of 10 (mean ${seconds(cellOf(own, 'g5.12xlarge', 10).request_latency_avg_ms)}), and ${seconds(p99('g5.12xlarge', 20))} at 20.`,
    `One repeat, no interval. g5.8xlarge and g5.16xlarge have the same GPU and the same engine settings, so what is between them is chance, clients and CPU: up to ${one(Math.abs(widest.percent))} % of the throughput (at ${widest.concurrency}). Differences smaller than that say nothing.`,
    `The number of prompts (10 for each unit of concurrency, 2,000 at 200) was a pool of payloads, not a count: at 200 between ${Math.min(...requestsAt(cells, 200))} and ${Math.max(...requestsAt(cells, 200))} requests were measured.`,
    'Without streaming there is neither a time to first token nor a time between tokens.',
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

/** The answers have no column for it. */
const p99 = (instanceType: string, concurrency: number): number | undefined =>
  seedCells().find((cell) => cell.instanceType === instanceType && cell.concurrency === concurrency)?.latencyP99Ms;

const requestsAt = (cells: readonly SqlRow[], concurrency: number): number[] =>
  cells.filter((cell) => cell.concurrency === concurrency).map((cell) => Number(cell.request_count));
