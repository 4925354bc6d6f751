import type { Slo } from '#core/plan/types.ts';
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

/** What the run answered, as its questions did. */
export interface Answer {
  /** Of queries/price-performance.sql. */
  peaks: readonly SqlRow[];
  /** Of queries/low-latency.sql. */
  within: readonly SqlRow[];
  slo: Slo;
}

/**
 * A table for each workload, the cheapest deployment first: within the latency targets where there are any, and then
 * what would be cheaper if latency did not matter.
 */
export function answerLines({ peaks, within, slo }: Answer, look: Look): string[] {
  if (peaks.length === 0) return ['No cell gave figures that may be ranked.'];
  const targets = targetsOf(slo);
  const fitting = Map.groupBy(within, keyOf);
  return [...Map.groupBy(peaks, keyOf)].flatMap(([key, ofPeak], index) => [
    ...(index === 0 ? [] : ['']),
    ...(targets === ''
      ? ranking(ofPeak, titleOf(ofPeak), look)
      : withinTargets(fitting.get(key) ?? [], ofPeak, targets, look)),
  ]);
}

function withinTargets(fitting: readonly SqlRow[], peaks: readonly SqlRow[], targets: string, look: Look): string[] {
  const [best] = fitting;
  if (best === undefined) {
    const none = `No deployment was shown to be within the latency targets (${targets}). Whatever the latency:`;
    return [
      ...wrapped(none, look.width).map((line) => look.paint('yellow', line)),
      ...ranking(peaks, titleOf(peaks), look),
    ];
  }
  const [peak] = peaks;
  return [
    ...ranking(fitting, `Cheapest within the latency targets (${targets})`, look),
    ...(peak === undefined || isSame(peak, best) ? [] : wrapped(oneLine(ifLatencyDidNotMatter(peak)), look.width)),
  ];
}

function ranking(ranked: readonly SqlRow[], title: string, look: Look): string[] {
  const [first] = ranked as [SqlRow];
  return [
    ...wrapped(oneLine(`${title}, ${workloadOf(first)}:`), look.width).map((line) => look.paint('bold', line)),
    ...table(COLUMNS, ranked.map(cellsOf), look),
    ...simulatedLines(ranked, look),
  ];
}

const titleOf = (ranked: readonly SqlRow[]): string =>
  ranked.some((row) => number(row, 'usd_per_million_output_tokens') !== null)
    ? 'Most output tokens for a dollar'
    : 'Most output tokens per second (no price was given)';

const targetsOf = ({ requestLatencyP95Ms, ttftP95Ms, itlP95Ms }: Slo): string =>
  (
    [
      ['p95 latency', requestLatencyP95Ms],
      ['p95 TTFT', ttftP95Ms],
      ['p95 ITL', itlP95Ms],
    ] as const
  )
    .flatMap(([name, target]) => (target === undefined ? [] : [`${name} ${milliseconds(target)}`]))
    .join(', ');

const isSame = (a: SqlRow, b: SqlRow): boolean =>
  a.deployment_id === b.deployment_id && loadOf(a) === loadOf(b) && a.output_tokens_per_s === b.output_tokens_per_s;

const ifLatencyDidNotMatter = (peak: SqlRow): string =>
  `If latency did not matter: ${String(peak.instance_type)} at a load of ${loadOf(peak)}, ${dollars(number(peak, 'usd_per_million_output_tokens'))} per million tokens, p95 latency ${milliseconds(number(peak, 'request_latency_p95_ms'))}.`;

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
  loadOf(row),
  figure(number(row, 'output_tokens_per_s')),
  dollars(number(row, 'usd_per_million_output_tokens')),
  figure(tokensPerDollarAnHour(row)),
  milliseconds(number(row, 'request_latency_p95_ms')),
  firstToken(number(row, 'ttft_p95_ms'), number(row, 'ttft_p95_at_most_ms')),
  marksOf(row).at(-1) ?? '',
];

/** Not every question gives it, and all give what it is made of. */
function tokensPerDollarAnHour(row: SqlRow): number | null {
  const [tokensPerS, usdPerHour] = [number(row, 'output_tokens_per_s'), number(row, 'usd_per_hour')];
  return tokensPerS === null || usdPerHour === null || usdPerHour <= 0 ? null : tokensPerS / usdPerHour;
}

/** One that is not valid is too long: a target that even it meets was met. */
const firstToken = (ttft: number | null, atMost: number | null): string =>
  ttft === null && atMost !== null ? `< ${milliseconds(atMost)}` : milliseconds(ttft);

const dollars = (value: number | null): string => (value === null ? '-' : usd(value));

function milliseconds(value: number | null): string {
  if (value === null) return '-';
  return value < 1000 ? `${figure(value)} ms` : `${figure(value / 1000)} s`;
}

const loadOf = (row: SqlRow): string =>
  row.concurrency === null ? `${figure(number(row, 'request_rate_per_s'))}/s` : figure(number(row, 'concurrency'));

/** What was simulated is ranked apart from what was measured. */
const keyOf = (row: SqlRow): string => JSON.stringify([workloadOf(row), row.simulated]);

const workloadOf = (row: SqlRow): string => {
  const streaming = row.streaming === true ? 'streaming' : 'not streaming';
  const dataset = row.dataset === 'synthetic' ? '' : `, ${String(row.dataset)}`;
  const tokens = `${figure(number(row, 'isl_tokens'))} tokens in, ${figure(number(row, 'osl_tokens'))} out`;
  return `${String(row.model)}, ${tokens}, ${String(row.endpoint)}, ${streaming}${dataset}`;
};
