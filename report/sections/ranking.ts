import type { SqlRow } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { toRows } from '../anchors.ts';
import { type DeploymentName, loadText } from '../deployment-names.ts';
import { latency, usd, usdPerHour, usdRange, whole } from '../format.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { partlyValid } from '../loads-asked.ts';
import { named } from '../marks.ts';
import { table } from '../table.ts';
import { MOST_RANKED, type Ranked, type Verdict } from '../verdict.ts';

/** Each deployment at its best load point, the cheapest first. */
export function ranking(
  { ranking: ranked, withinTargets, workload }: Verdict,
  names: ReadonlyMap<string, DeploymentName>,
): Html {
  return table({
    caption: withinTargets
      ? 'Each deployment at its cheapest load within the latency targets, the cheapest first'
      : 'Each deployment at the load with the most tokens per second, the cheapest first',
    columns: [
      { title: 'place', kind: 'number' },
      { title: 'deployment' },
      { title: '$ per million', unit: 'output tokens', kind: 'number' },
      { title: 'load' },
      {
        title: 'interval',
        unit: '95 %, USD',
        kind: 'number',
        meaning: 'of the mean over repeats; of two, their range',
      },
      { title: 'output', unit: 'tokens/s', kind: 'number' },
      { title: 'request latency', unit: 'p95', kind: 'number' },
      { title: 'first token', unit: 'p95', kind: 'number' },
      { title: 'price and fee', unit: 'USD/h', kind: 'number' },
      { title: 'GPUs' },
    ],
    rows: ranked.map((one) => ({
      best: Number(one.answer.place) === 1,
      cells: cellsOf(one, names, partlyValid(workload, String(one.answer.deployment_id))),
    })),
  });
}

function cellsOf({ answer, point }: Ranked, names: ReadonlyMap<string, DeploymentName>, validity: string | undefined) {
  const rows = point?.rows ?? [];
  const range = rows.length > 1 ? point?.usdPerMillion : undefined;
  const name = names.get(String(answer.deployment_id));
  return [
    String(answer.place),
    html`${named(name, String(answer.instance_type))}${validity === undefined ? NOTHING : html`<br>${validity}`}`,
    toRows(rows, usd(answer.usd_per_million_output_tokens)),
    loadText({
      concurrency: answer.concurrency as number | null,
      requestRate: answer.request_rate_per_s as number | null,
    }),
    range == null
      ? 'once'
      : toRows(rows, `${usdRange(range.low, range.high)} (n = ${range.count}${range.isInterval ? '' : ', range'})`),
    toRows(rows, whole(answer.output_tokens_per_s)),
    toRows(rows, latency(answer.request_latency_p95_ms)),
    toRows(rows, firstToken(answer)),
    toRows(rows, usdPerHour(answer.usd_per_hour)),
    gpus(answer),
  ];
}

/** One that is not valid is too long: a target that even it meets was met. */
const firstToken = ({ ttft_p95_ms: ttft, ttft_p95_at_most_ms: atMost = null }: SqlRow): string =>
  ttft === null && atMost !== null ? `below ${latency(atMost)}` : latency(ttft);

const gpus = ({ gpu_count, gpu_name }: SqlRow): string =>
  Number(gpu_count) > 0 ? `${gpu_count} × ${gpu_name ?? 'GPU'}` : '–';

/** Deployments that were asked for and have no place: nobody is to take them for dear. */
export function notRanked({ ranking: ranked, workload }: Verdict, names: ReadonlyMap<string, DeploymentName>): Html {
  if (ranked.length >= MOST_RANKED) return NOTHING;
  const placed = new Set(ranked.map(({ answer }) => String(answer.deployment_id)));
  const others = Map.groupBy(
    workload.rows.filter((row) => !placed.has(row.deployment_id)),
    (row) => row.deployment_id,
  );
  if (others.size === 0) return NOTHING;
  const shown = [...others].slice(0, MOST_RANKED).map(([id, rows], index) => {
    const name = names.get(id);
    return html`${index > 0 ? '; ' : ''}${named(name, id)} (${whyNot(rows)})`;
  });
  const rest = others.size - shown.length;
  return html`<p>Not in this comparison: ${shown}${rest > 0 ? ` and ${rest} more` : ''}. <a href="#troubles">Why</a>.</p>`;
}

function whyNot(rows: readonly CellRow[]): string {
  if (rows.some(({ valid }) => valid)) return 'at no load shown to be within the latency targets';
  if (rows.some(({ status }) => status === 'measured')) return 'measured, but not valid';
  return rows[0]?.error_name ?? 'not measured';
}
