import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { allMarks, extrapolatedDeployments } from '#core/results/marks.ts';
import { target, time, usdPerHour } from '../format.ts';
import { type Html, html, type Part } from '../html.ts';
import type { ReportedPlan } from '../input.ts';
import { startsOf, startsText } from '../starts.ts';
import { table } from '../table.ts';

/** Where the figures come from, so that somebody else can get them again. */
export function provenance(
  plan: ReportedPlan,
  rows: readonly CellRow[],
  nodes: readonly DeploymentRow[],
  writtenAt: string,
): Html {
  const seen = (values: readonly (string | null)[]): string =>
    [...new Set(values.filter((one) => one !== null))].sort().join(', ') || 'not known';
  const slo = [
    ['request latency', plan.slo.requestLatencyP95Ms],
    ['time to first token', plan.slo.ttftP95Ms],
    ['between tokens', plan.slo.itlP95Ms],
  ].flatMap(([what, ms]) => (typeof ms === 'number' ? [`${what} ${target(ms)}`] : []));
  const timings = extrapolatedDeployments(rows);
  const marks = allMarks(
    rows.map(({ simulated, deployment_id }) => ({ simulated, extrapolated: timings.has(deployment_id) })),
  );
  const facts: [string, Part][] = [
    ['Run', html`<bdi>${plan.run}</bdi> (matrix <bdi>${plan.name}</bdi>)`],
    ['Started', startsText(startsOf(plan))],
    ['Measured', `${time(seenTimes(rows)[0] ?? null)} to ${time(seenTimes(rows).at(-1) ?? null)}`],
    ['Report written', time(writtenAt)],
    ['Latency targets, p95', slo.join(', ') || 'none'],
    ['Region and zones', `${plan.region}: ${seen(nodes.map(({ zone }) => zone))}`],
    [
      'Engine',
      [
        `${seen(rows.map(({ engine }) => engine))} ${seen(rows.map(({ engine_version }) => engine_version))}`,
        ...marks,
      ].join(', '),
    ],
    [
      'Load generator',
      `${seen(rows.map(({ generator }) => generator))} ${seen(rows.map(({ generator_version }) => generator_version))}`,
    ],
    ['Kubernetes', `${plan.cluster.version}, cluster ${plan.cluster.name}`],
    ['Weights from', plan.staging === 'bucket' ? 'the bucket, staged before the run' : 'the hub'],
    ['Rules for valid figures', 'docs/measurement.md of StepBench, with the formula and the source of each'],
    ['Questions in SQL', 'queries/ of StepBench; stepbench query asks them again'],
  ];
  return html`<dl class="list">${facts.map(([title, value]) => html`<dt>${title}</dt><dd>${value}</dd>`)}</dl>
${prices(rows, nodes)}
<details><summary>The matrix as it was written</summary><pre tabindex="0">${JSON.stringify(plan.matrix, null, 2) ?? ''}</pre></details>`;
}

const seenTimes = (rows: readonly CellRow[]): string[] =>
  rows
    .flatMap(({ started_at, ended_at }) => [started_at, ended_at])
    .filter((one) => one !== null)
    .sort();

function prices(rows: readonly CellRow[], nodes: readonly DeploymentRow[]): Html {
  const priced = [...rows, ...nodes].filter(({ price_usd_per_hour }) => price_usd_per_hour !== null);
  const distinct = Map.groupBy(priced, (row) =>
    JSON.stringify([
      row.instance_type,
      row.capacity_type,
      row.price_usd_per_hour,
      row.fee_usd_per_hour,
      row.price_source,
      row.price_effective_at,
    ]),
  );
  return table({
    caption: 'Prices that every dollar here is computed from',
    columns: [
      { title: 'instance type' },
      { title: 'capacity' },
      { title: 'price', kind: 'number' },
      { title: 'EKS Auto Mode fee', kind: 'number' },
      { title: 'date' },
      { title: 'source', kind: 'text' },
    ],
    rows: [...distinct.values()].map(([row]) => ({
      cells: [
        row!.instance_type,
        row!.capacity_type ?? '–',
        usdPerHour(row!.price_usd_per_hour),
        usdPerHour(row!.fee_usd_per_hour),
        row!.price_effective_at ?? '–',
        row!.price_source ?? '–',
      ],
    })),
  });
}
