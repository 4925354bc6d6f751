import { autoModeFeeRate } from '#core/pricing/auto-mode-fee.ts';
import {
  PUBLISHED_LOW_LATENCY,
  PUBLISHED_PEAKS,
  PUBLISHED_USD_PER_HOUR,
  type PublishedFigure,
} from '#local/predecessor/published.ts';
import type { PredecessorAnswers } from './answers.ts';
import { cellOf, one, perUsd, rowOf, seconds, table } from './format.ts';

/** Its figures beside ours, of one of its tables. */
export function figureTable(
  published: readonly PublishedFigure[],
  question: 'price-performance' | 'lowest-latency',
  own: PredecessorAnswers,
  today: PredecessorAnswers,
): string {
  return table(
    [
      'type',
      'concurrency',
      'mean latency',
      'tokens/s',
      'its $/h',
      'published',
      'whole',
      'ours',
      'today',
      "today's $/h",
    ],
    published.map(({ instanceType, perUsd: figure }) => {
      const row = rowOf(own.get(question), instanceType);
      const now = rowOf(today.get(question), instanceType);
      const usd = Number(row.usd_per_hour);
      return [
        instanceType,
        String(row.concurrency),
        seconds(cellOf(own, instanceType, Number(row.concurrency)).request_latency_avg_ms),
        String(row.output_tokens_per_s),
        String(usd),
        one(figure),
        one(Math.round(Number(row.output_tokens_per_s)) / usd),
        one(perUsd(row)),
        one(perUsd(now)),
        String(now.usd_per_hour),
      ];
    }),
  );
}

/** Ways to get from a throughput and a price to a published figure. */
const FORMULAS: [text: string, of: (tokensPerS: number, usd: number) => number][] = [
  ['whole tokens / price', (tokens, usd) => Math.round(tokens) / usd],
  ['tokens / price', (tokens, usd) => tokens / usd],
  ['whole tokens / price in whole cents', (tokens, usd) => Math.round(tokens) / Number(usd.toFixed(2))],
];

/** Which arithmetic gives its figures to the digit. */
export function howItRounded(own: PredecessorAnswers): string {
  const all = [...PUBLISHED_PEAKS, ...PUBLISHED_LOW_LATENCY].map((figure) => ({
    ...figure,
    exact: Number(cellOf(own, figure.instanceType, figure.concurrency).output_tokens_per_s),
    usd: PUBLISHED_USD_PER_HOUR[figure.instanceType] ?? Number.NaN,
  }));
  const hits = FORMULAS.map(([text, of]) => ({
    text,
    found: all.filter(({ exact, usd, perUsd: figure }) => one(of(exact, usd)) === one(figure)),
  }));
  const explained = new Set(hits.flatMap(({ found }) => found));
  const rows = hits.map(({ text, found }) => {
    const missing = all.filter((figure) => !found.includes(figure));
    return [text, `${found.length} of ${all.length}`, missing.map(({ perUsd: figure }) => one(figure)).join(', ')];
  });
  return `It did not compute all eight in one way. To the digit:

${table(['formula', 'figures it gives', 'not'], rows)}

Together they give ${explained.size} of ${all.length}. So each published figure is one of its throughputs over one of its
prices; what is left between its tables and ours is rounding, a tenth at most.`;
}

/** Tokens per second for a dollar an hour on EKS Auto Mode. */
export const withFee = (today: PredecessorAnswers, instanceType: string): number =>
  perUsd(rowOf(today.get('price-performance'), instanceType)) / (1 + autoModeFeeRate(instanceType).rate);
