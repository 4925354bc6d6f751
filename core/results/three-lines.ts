import type { SqlRow } from '../ports/sql.ts';
import { marksOf } from './marks.ts';

/** Rows of answers, by question. */
export type AnswerRows = readonly { name: string; rows: readonly SqlRow[] }[];

const rowsOf = (answers: AnswerRows, name: string): readonly SqlRow[] =>
  answers.find((one) => one.name === name)?.rows ?? [];

const number = (value: unknown, digits: number): string =>
  typeof value === 'number'
    ? value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })
    : '?';

const mark = (row: SqlRow): string => {
  const marks = marksOf(row);
  return marks.length === 0 ? '' : ` [${marks.join(', ')}]`;
};

const load = (row: SqlRow): string =>
  row.concurrency === null ? `${number(row.request_rate_per_s, 2)} requests/s` : `concurrency ${row.concurrency}`;

/** The answer of a run in three lines: cheapest, fastest within the target, cost. Each dollar with its price. */
export function threeLines(answers: AnswerRows): string[] {
  const cheapest = rowsOf(answers, 'price-performance').find((row) => Number(row.place) === 1);
  const within = rowsOf(answers, 'low-latency').find((row) => Number(row.place) === 1);
  const total = rowsOf(answers, 'run-cost').find((row) => row.role === 'total');
  return [
    ...(cheapest === undefined
      ? ['Cheapest: no valid measurement to rank.']
      : [`${hasPrice(cheapest) ? 'Cheapest' : 'Fastest'}: ${place(cheapest)}${mark(cheapest)} (${priced(cheapest)}).`]),
    ...(within === undefined
      ? ['Within the latency target: none.']
      : [
          `Within the latency target: ${place(within)}${mark(within)}, p95 ${number(within.request_latency_p95_ms, 0)} ms (${priced(within)}).`,
        ]),
    ...(total === undefined
      ? []
      : [`Nodes: $${number(total.total_usd, 4)}${mark(total)}, of it measuring $${number(total.measure_usd, 4)}.`]),
  ];
}

const hasPrice = (row: SqlRow): boolean => typeof row.usd_per_hour === 'number';

const place = (row: SqlRow): string => {
  const parallel = typeof row.tensor_parallel === 'number' ? ` TP=${row.tensor_parallel}` : '';
  const usd = hasPrice(row) ? `$${number(row.usd_per_million_output_tokens, 3)} per million output tokens, ` : '';
  return `${row.instance_type}${parallel} at ${load(row)}: ${usd}${number(row.output_tokens_per_s, 0)} tokens/s`;
};

const priced = (row: SqlRow): string =>
  !hasPrice(row)
    ? 'no price was given'
    : `$${number(row.usd_per_hour, 4)}/h, ${row.price_source}, ${row.price_effective_at}`;
