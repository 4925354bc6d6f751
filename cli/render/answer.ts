import type { SqlRow } from '#core/ports/sql.ts';
import { marksOf } from '#core/results/marks.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { figure, usd } from './format.ts';
import { simulatedLines } from './simulated.ts';
import { table } from './table.ts';

interface Look {
  width: number;
  paint: Paint;
}

/** The answer of queries/price-performance.sql: a table for each workload, the cheapest deployment first. */
export function answerLines(rows: readonly SqlRow[], look: Look): string[] {
  if (rows.length === 0) return ['No cell gave figures that may be ranked.'];
  const workloads = Map.groupBy(rows, workloadOf);
  return [...workloads].flatMap(([workload, ranked], index) => [
    ...(index === 0 ? [] : ['']),
    ...wrapped(oneLine(`${titleOf(ranked)}, ${workload}:`), look.width).map((line) => look.paint('bold', line)),
    ...table(COLUMNS, ranked.map(cellsOf), look),
    ...simulatedLines(ranked, look),
  ]);
}

const titleOf = (ranked: readonly SqlRow[]): string =>
  ranked.some((row) => number(row, 'usd_per_million_output_tokens') !== null)
    ? 'Most output tokens for a dollar'
    : 'Most output tokens per second (no price was given)';

const COLUMNS = [
  { title: '#', align: 'right' },
  { title: 'instance' },
  { title: 'TP', align: 'right' },
  { title: 'load', align: 'right' },
  { title: 'tok/s', align: 'right' },
  { title: '$/M tok', align: 'right' },
  { title: 'tok/s per $/h', align: 'right', spare: 2 },
  { title: 'p95 latency', align: 'right' },
  { title: 'p95 TTFT', align: 'right', spare: 3 },
  { title: '', spare: 4 },
] as const;

const number = (row: SqlRow, name: string): number | null => {
  const value = row[name];
  return typeof value === 'number' ? value : null;
};

const cellsOf = (row: SqlRow): string[] => [
  figure(number(row, 'place')),
  String(row.instance_type),
  figure(number(row, 'tensor_parallel')),
  row.concurrency === null ? `${figure(number(row, 'request_rate_per_s'))}/s` : figure(number(row, 'concurrency')),
  figure(number(row, 'output_tokens_per_s')),
  dollars(number(row, 'usd_per_million_output_tokens')),
  figure(number(row, 'output_tokens_per_s_per_usd_per_hour')),
  milliseconds(number(row, 'request_latency_p95_ms')),
  firstToken(number(row, 'ttft_p95_ms'), number(row, 'ttft_p95_at_most_ms')),
  marksOf(row).at(-1) ?? '',
];

/** One that is not valid is too long: a target that even it meets was met. */
const firstToken = (ttft: number | null, atMost: number | null): string =>
  ttft === null && atMost !== null ? `< ${milliseconds(atMost)}` : milliseconds(ttft);

const dollars = (value: number | null): string => (value === null ? '-' : usd(value));

function milliseconds(value: number | null): string {
  if (value === null) return '-';
  return value < 1000 ? `${figure(value)} ms` : `${figure(value / 1000)} s`;
}

const workloadOf = (row: SqlRow): string => {
  const streaming = row.streaming === true ? 'streaming' : 'not streaming';
  const dataset = row.dataset === 'synthetic' ? '' : `, ${String(row.dataset)}`;
  const tokens = `${figure(number(row, 'isl_tokens'))} tokens in, ${figure(number(row, 'osl_tokens'))} out`;
  return `${String(row.model)}, ${tokens}, ${String(row.endpoint)}, ${streaming}${dataset}`;
};
