import type { Slo } from '#core/plan/types.ts';
import { allMarks } from '#core/results/marks.ts';
import { toRows } from '../anchors.ts';
import { costByLoad } from '../chart/cost-by-load.ts';
import type { DrawnDeployment } from '../chart/deployment-lines.ts';
import { figure } from '../chart/figure.ts';
import { frontier } from '../chart/frontier.ts';
import { legend } from '../chart/legend.ts';
import { throughputLatency } from '../chart/throughput-latency.ts';
import { type DeploymentName, loadText, lookOf, MOST_LOOKS } from '../deployment-names.ts';
import { counted, latency, usd, whole } from '../format.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { type LatencyView, latencyViewOf } from '../latency-view.ts';
import type { LoadPoint } from '../load-points.ts';
import { named } from '../marks.ts';
import { barsAre, inBrackets, type Spread } from '../spread.ts';
import { table } from '../table.ts';
import type { Verdict } from '../verdict.ts';

type Names = ReadonlyMap<string, DeploymentName>;

/** The curves of one workload and the load points they are drawn from. */
export function figures(verdict: Verdict, slo: Slo, names: Names, index: number): Html {
  const { workload } = verdict;
  const byDeployment = Map.groupBy(workload.points, ({ deployment }) => deployment);
  if (byDeployment.size === 0) return html`<p>Nothing to draw: no valid measurement.</p>`;
  const order = [...names.keys()].filter((id) => byDeployment.has(id));
  const shown = [...new Set([...verdict.ranking.map(({ answer }) => String(answer.deployment_id)), ...order])]
    .filter((id) => byDeployment.has(id))
    .slice(0, MOST_LOOKS)
    .sort((a, b) => order.indexOf(a) - order.indexOf(b));
  // Beyond so many their looks would come up twice.
  const clash = new Set(shown.map((id) => names.get(id)?.look.colour)).size < shown.length;
  const drawn: DrawnDeployment[] = shown.map((id, place) => {
    const name = names.get(id) as DeploymentName;
    return { name: clash ? { ...name, look: lookOf(place) } : name, points: byDeployment.get(id) ?? [] };
  });
  const left = byDeployment.size - shown.length;
  const points = drawn.flatMap((one) => one.points);
  const marks = allMarks(points);
  const view = latencyViewOf(points);
  const bars = barsAre(points.map(({ tokensPerS }) => tokensPerS));
  // A target is one of the p95.
  const limit = view.statistic === 'p95' ? slo.requestLatencyP95Ms : undefined;
  return html`${left > 0 ? html`<p>The figures show ${shown.length} of ${byDeployment.size} deployments: the best. The others are in the <a href="#cells">table of all cells</a>.</p>` : NOTHING}
${legend(drawn.map(({ name }) => name))}
<div class="figures">
${
  points.some((point) => view.of(point) !== null)
    ? figure({
        name: `curve${index}`,
        title: 'Throughput against latency',
        caption: html`To the right and low is good. Numbers beside the marks are the ${workload.first.concurrency === null ? 'rates' : 'concurrencies'}. ${bars}`,
        marks,
        ...throughputLatency(drawn, view, limit),
      })
    : NOTHING
}
${
  points.some(({ usdPerMillion }) => usdPerMillion !== null)
    ? figure({
        name: `cost${index}`,
        title: 'Dollars per million output tokens, by load',
        caption: `Price and fee of the whole instance, used GPUs or not. ${bars}`,
        marks,
        ...costByLoad(drawn),
      })
    : NOTHING
}
${
  points.some((point) => point.usdPerMillion !== null && view.of(point) !== null)
    ? figure({
        name: `frontier${index}`,
        title: 'What is worth choosing between',
        caption:
          'To the left and low is good. Ringed and joined: load points that no other drawn here beats in both latency and dollars.',
        marks,
        ...frontier(drawn, view, limit),
      })
    : NOTHING
}
</div>
${pointsTable(drawn, view)}`;
}

const pointsTable = (
  drawn: readonly DrawnDeployment[],
  view: LatencyView,
): Html => html`<details><summary>The figures as a table</summary>
${table({
  caption: `${counted(
    drawn.reduce((sum, { points }) => sum + points.length, 0),
    'load point',
  )}: means over valid repeats, in brackets the 95 % interval of the mean, or of two repeats what they span ("in 2")`,
  columns: [
    { title: 'deployment' },
    { title: 'load' },
    { title: 'repeats', kind: 'number' },
    { title: 'output', unit: 'tokens/s', kind: 'number' },
    { title: 'request latency', unit: view.statistic, kind: 'number' },
    { title: 'first token', unit: 'p95', kind: 'number' },
    { title: 'between tokens', unit: 'p95', kind: 'number' },
    { title: '$ per million output tokens', unit: 'USD', kind: 'number' },
  ],
  rows: drawn.flatMap(({ name, points }) => points.map((point) => ({ cells: cellsOf(name, point, view.of(point)) }))),
})}</details>`;

function cellsOf(name: DeploymentName, point: LoadPoint, latencyMs: Spread | null) {
  const { rows, tokensPerS, ttftP95Ms, itlP95Ms, usdPerMillion } = point;
  return [
    named(name, ''),
    loadText(point),
    toRows(rows, String(rows.length)),
    toRows(rows, whole(tokensPerS.mean) + inBrackets(tokensPerS, whole)),
    toRows(rows, latency(latencyMs?.mean) + (latencyMs === null ? '' : inBrackets(latencyMs, latency))),
    toRows(rows, latency(ttftP95Ms?.mean)),
    toRows(rows, latency(itlP95Ms?.mean)),
    usdPerMillion === null ? '–' : toRows(rows, usd(usdPerMillion.mean) + inBrackets(usdPerMillion, usd)),
  ];
}
