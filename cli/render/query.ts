import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import { marksOf } from '#core/results/marks.ts';
import type { QueryField, QueryFile } from '#core/results/query-file.ts';
import { isGiven } from '../input/parameters.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { counted, figure } from './format.ts';
import { identifying } from './identity.ts';
import { priceLines } from './prices.ts';
import { simulatedLines } from './simulated.ts';
import { table } from './table.ts';

interface Look {
  width: number;
  paint: Paint;
}

/** The questions that can be asked, with their parameters. */
export const questionLines = (questions: readonly QueryFile[], { width, paint }: Look): string[] =>
  questions.flatMap(({ name, question, parameters }) => [
    `${paint('bold', name)}`,
    ...wrapped(question, width, '  '),
    ...parameters
      .filter(isGiven)
      .flatMap((parameter) => wrapped(`--param ${parameter.name}=...  ${parameter.meaning}`, width, '  '))
      .map((line) => paint('dim', line)),
  ]);

/**
 * What a question is about comes first, where a terminal is too narrow for all columns. For the others that order
 * is the one in which the question names its columns.
 */
const TELLING: Partial<Record<string, readonly string[]>> = {
  'price-performance': [
    ...['place', 'instance_type', 'usd_per_million_output_tokens', 'output_tokens_per_s', 'concurrency'],
    ...['tensor_parallel', 'request_latency_p95_ms', 'output_tokens_per_s_per_usd_per_hour'],
  ],
  'low-latency': [
    ...['place', 'instance_type', 'usd_per_million_output_tokens', 'concurrency', 'request_latency_p95_ms'],
    ...['ttft_p95_ms', 'itl_p95_ms', 'tensor_parallel', 'output_tokens_per_s'],
  ],
  pareto: [
    ...['instance_type', 'request_latency_p95_ms', 'usd_per_million_output_tokens', 'concurrency'],
    ...['output_tokens_per_s', 'tensor_parallel', 'ttft_p95_ms', 'output_tokens_per_s_per_usd_per_hour'],
  ],
  'lowest-latency': [
    ...['place', 'instance_type', 'request_latency_avg_ms', 'output_tokens_per_s_per_usd_per_hour', 'concurrency'],
    ...['output_tokens_per_s', 'tensor_parallel', 'usd_per_million_output_tokens'],
  ],
  alternatives: [
    ...['dear_instance_type', 'rule', 'instances', 'instance_type', 'times_throughput', 'times_cost'],
    ...['output_tokens_per_s', 'usd_per_hour', 'dear_usd_per_hour'],
  ],
  scaling: [
    ...['instance_type', 'tensor_parallel', 'speedup', 'efficiency', 'base_instance_type', 'base_tensor_parallel'],
    ...['output_tokens_per_s', 'output_tokens_per_s_per_gpu'],
  ],
  repeats: [
    ...['instance_type', 'concurrency', 'repeats', 'disagree', 'output_tokens_per_s', 'output_tokens_per_s_low'],
    ...['output_tokens_per_s_high', 'tensor_parallel', 'request_latency_p95_ms', 'request_latency_p95_low_ms'],
    ...['request_latency_p95_high_ms'],
  ],
  'stranded-gpus': [
    ...['instance_type', 'gpus_stranded', 'gpu_count', 'stranded_usd_per_hour', 'usd_per_hour'],
    ...['usd_per_million_output_tokens', 'used_usd_per_million_output_tokens', 'copies_that_fit'],
  ],
  fleet: [
    ...['place', 'instances', 'instance_type', 'fleet_usd_per_hour', 'load_share', 'request_latency_p95_ms'],
    ...['concurrency', 'tensor_parallel', 'output_tokens_per_s', 'least_usd_per_hour', 'fleet_usd_per_month'],
  ],
  history: [
    ...['output_tokens_per_s', 'usd_per_million_output_tokens', 'request_latency_p95_ms'],
    ...['output_tokens_per_s_change_percent', 'request_latency_p95_change_percent', 'repeats', 'started_at'],
    ...['engine_version'],
  ],
  baseline: [
    ...['instance_type', 'concurrency', 'output_tokens_per_s_change_percent', 'request_latency_p95_change_percent'],
    ...['usd_per_million_output_tokens_change_percent', 'output_tokens_per_s', 'baseline_output_tokens_per_s'],
    ...['tensor_parallel', 'repeats', 'baseline_repeats'],
  ],
  'run-cost': [
    ...['role', 'total_usd', 'instance_type', 'measure_usd', 'load_usd', 'pull_usd', 'launch_usd', 'release_usd'],
    ...['idle_usd', 'node_s', 'status'],
  ],
  cells: [
    ...['instance_type', 'concurrency', 'status', 'valid', 'reason', 'tensor_parallel', 'output_tokens_per_s'],
    ...['request_latency_p95_ms', 'isl_tokens', 'osl_tokens', 'repeat'],
  ],
};

/** Where the names of columns would take the place of figures; --json and --csv have them as they are. */
const TITLES: Partial<Record<string, Readonly<Record<string, string>>>> = {
  history: {
    run_id: 'run',
    concurrency: 'load',
    output_tokens_per_s: 'tokens/s',
    output_tokens_per_s_change_percent: 'tokens/s +-%',
    usd_per_million_output_tokens: '$/M tokens',
    request_latency_p95_ms: 'p95 ms',
    request_latency_p95_change_percent: 'p95 +-%',
  },
};

/** After those: what the line below a table says of all, for each row. */
const MARKED = ['simulated', 'extrapolated'];

/** So many of the telling columns are the answer itself. */
const ANSWER = 3;

/** A question as it was asked. */
export interface Asked {
  question: QueryFile;
  run: string;
  /** In the order of the question's. */
  parameters: readonly SqlValue[];
}

/** The answer to a question; what does not fit on the terminal is left out. */
export function resultLines({ question, run, parameters }: Asked, rows: readonly SqlRow[], look: Look): string[] {
  const { paint, width } = look;
  const { columns, name } = question;
  const telling = [...(TELLING[name] ?? []), ...MARKED];
  const rank = (column: QueryField, index: number): number => {
    const place = telling.indexOf(column.name);
    return place < 0 ? telling.length + index : place;
  };
  const identity = identifying(rows);
  const stays = (column: QueryField, index: number) =>
    rank(column, index) < ANSWER || (identity.has(column.name) && !(name === 'history' && column.name === TYPE));
  const marked = differ(rows);
  const shown = table(
    [
      ...(marked ? [{ title: 'figures' }] : []),
      ...columns.map((column, index) => ({
        title: TITLES[name]?.[column.name] ?? column.name,
        align: isNumber(column) ? ('right' as const) : ('left' as const),
        ...(stays(column, index) ? {} : { spare: rank(column, index) }),
      })),
    ],
    rows.map((row) => [
      ...(marked ? [figuresOf(row)] : []),
      ...columns.map((column) => value(row[column.name] ?? null)),
    ]),
    look,
  );
  return [
    ...wrapped(`${question.question}${subject(question, run, rows)}`, width).map((line) => paint('bold', line)),
    ...askedWith(question, parameters).flatMap((text) => wrapped(text, width).map((line) => paint('dim', line))),
    ...(rows.length === 0 ? wrapped(nothing(question), width) : shown),
    ...simulatedLines(rows, look, marked),
    ...priceLines(rows, look),
    ...historyLines(question, rows).flatMap((text) => wrapped(text, width).map((line) => paint('dim', line))),
    paint(
      'dim',
      `${counted(rows.length, 'row')}, ${counted(columns.length, 'column')}; --csv and --json have all of them`,
    ),
  ];
}

const TYPE = 'instance_type';

/** What a question is asked of: a run, or a deployment, whose lines are all of one instance type. */
function subject({ parameters, name }: QueryFile, run: string, [first]: readonly SqlRow[]): string {
  if (parameters.some((parameter) => parameter.name === 'run_id')) return ` (run ${oneLine(run)})`;
  return name === 'history' && typeof first?.[TYPE] === 'string' ? ` (${oneLine(first[TYPE])})` : '';
}

/** The strongest of its marks: nothing that was simulated stands unmarked beside what was measured. */
const figuresOf = (row: SqlRow): string => marksOf(row).at(-1) ?? 'measured';

const differ = (rows: readonly SqlRow[]): boolean => new Set(rows.map(figuresOf)).size > 1;

/** Of an answer that ranks deployments: how to ask for one of them, by an id that a narrow terminal has no room for. */
function historyLines({ columns }: QueryFile, rows: readonly SqlRow[]): string[] {
  const [first] = rows;
  if (columns[0]?.name !== 'place' || typeof first?.deployment_id !== 'string') return [];
  return [`The first from run to run: stepbench query history --param deployment_id=${oneLine(first.deployment_id)}`];
}

/** Stands for no target: no latency is that long. */
const NONE = 1e12;

/** What of the question was for people, or the matrix, to say. */
function askedWith({ parameters }: QueryFile, values: readonly SqlValue[]): string[] {
  const given = parameters.flatMap((parameter, index) => {
    const of = values[index] ?? null;
    return isGiven(parameter) ? [`${parameter.name}=${of === NONE ? 'none' : value(of)}`] : [];
  });
  return given.length === 0 ? [] : [`Asked with ${given.join(', ')}.`];
}

const nothing = ({ parameters }: QueryFile): string =>
  parameters.some(({ meaning }) => meaning.startsWith('target '))
    ? 'Nothing answers it: no valid measurement fits. A figure that was not measured, as a p95 may be, meets no target.'
    : 'Nothing answers it: no valid measurement fits.';

const isNumber = ({ type }: QueryField): boolean => type !== 'string' && type !== 'boolean' && type !== 'timestamp';

const value = (of: SqlValue): string => (of === null ? '-' : typeof of === 'number' ? figure(of) : oneLine(String(of)));
