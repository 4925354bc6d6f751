import type { CellRow } from '#core/results/cell-columns.ts';
import { artifactsUrl, cellAnchor, rowUrl } from '../anchors.ts';
import { AS_PUBLISHED, isAsPublished } from '../as-published.ts';
import { type DeploymentName, loadText } from '../deployment-names.ts';
import { latency, short, whole } from '../format.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { byLoad } from '../load-points.ts';
import { named } from '../marks.ts';
import { table } from '../table.ts';

const COLUMNS = [
  { title: 'load' },
  { title: 'tokens in, out' },
  { title: 'repeat', kind: 'number' },
  { title: 'figures' },
  { title: 'output', unit: 'tokens/s', kind: 'number' },
  { title: 'requests', unit: 'measured, failed', kind: 'number' },
  { title: 'occupancy', kind: 'number', meaning: "1 in steady state, by Little's law" },
  { title: 'latency', unit: 'mean', kind: 'number' },
  { title: 'latency', unit: 'p95', kind: 'number' },
  { title: 'first token', unit: 'p95', kind: 'number' },
  { title: 'between tokens', unit: 'p95', kind: 'number' },
  { title: 'files' },
] as const;

/** Every row, a table a deployment; the others lead here. A browser lays out those that are seen. */
export function cells(rows: readonly CellRow[], names: ReadonlyMap<string, DeploymentName>): Html {
  const groups = Map.groupBy(rows, ({ deployment_id }) => deployment_id);
  const ids = [...names.keys()].filter((id) => groups.has(id));
  return html`${ids.map((id) => {
    const name = names.get(id) as DeploymentName;
    const own = (groups.get(id) ?? []).toSorted(byAxes);
    return html`<section class="rows"><h3>${named(name, id)}</h3><p class="quiet">Deployment <code>${id}</code>. From run to run: <code>stepbench query history --param deployment_id=${id}</code></p>${
      own[0]?.engine_arguments == null || own[0].engine_arguments === '[]'
        ? NOTHING
        : html`<p class="quiet">engine arguments: <bdi>${own[0].engine_arguments}</bdi></p>`
    }${table({
      caption: `Cells of ${name.letter}`,
      columns: COLUMNS,
      rows: own.map((row) => ({ anchor: cellAnchor(row.cell_id), cells: cellsOf(row) })),
    })}</section>`;
  })}`;
}

const byAxes = (a: CellRow, b: CellRow): number =>
  a.isl_tokens - b.isl_tokens ||
  a.osl_tokens - b.osl_tokens ||
  byLoad(loadOf(a), loadOf(b)) ||
  a.repeat - b.repeat ||
  (a.cell_id < b.cell_id ? -1 : 1);

const loadOf = ({ concurrency, request_rate_per_s }: CellRow) => ({ concurrency, requestRate: request_rate_per_s });

function cellsOf(row: CellRow) {
  const artifacts = artifactsUrl(row);
  return [
    loadText(loadOf(row)),
    `${short(row.isl_tokens)}, ${short(row.osl_tokens)}`,
    String(row.repeat),
    row.status === 'failed'
      ? `failed: ${row.error_name ?? ''}`
      : row.valid
        ? isAsPublished(row)
          ? AS_PUBLISHED
          : 'valid'
        : `not valid: ${row.invalid_reasons ?? ''}`,
    whole(row.output_tokens_per_s),
    row.request_count === null ? '–' : `${row.request_count}, ${row.error_count ?? 0}`,
    row.occupancy === null ? '–' : row.occupancy.toFixed(2),
    latency(row.request_latency_avg_ms),
    latency(row.request_latency_p95_ms),
    row.ttft_valid === false ? `not valid: ${latency(row.ttft_p95_ms)}` : latency(row.ttft_p95_ms),
    latency(row.itl_p95_ms),
    html`<a href="${rowUrl(row)}">row</a>${artifacts === undefined ? NOTHING : html` <a href="${artifacts}">artifacts</a>`}`,
  ];
}
