import { type Spending, spendingParts, spentUsd } from '#core/plan/spending.ts';
import { NODE_PHASES } from '#core/plan/types.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { allMarks } from '#core/results/marks.ts';
import { nodeAnchor, recordUrl } from '../anchors.ts';
import { figure } from '../chart/figure.ts';
import { phases } from '../chart/phases.ts';
import type { DeploymentName } from '../deployment-names.ts';
import { counted, duration, usd, usdPerHour } from '../format.ts';
import { type Html, html, NOTHING, visible } from '../html.ts';
import type { ReportedPlan } from '../input.ts';
import { extrapolatedMark } from '../marks.ts';
import { table } from '../table.ts';

type Names = ReadonlyMap<string, DeploymentName>;

/** More bars than this say less than the table. */
const MOST_BARS = 16;

/** Beside a bar. */
const MOST_LETTERS = 60;

const ROLES: Record<string, string> = { load: 'load generators', stage: 'staging of the model' };

/** What the run cost, by what its nodes did. */
export function costs(
  nodes: readonly DeploymentRow[],
  rows: readonly CellRow[],
  plan: ReportedPlan,
  spent: Spending,
  names: Names,
): Html {
  const told = new Set(rows.filter(({ status }) => status === 'measured').map((row) => row.deployment_id));
  if (nodes.length === 0) return html`<p>No node was bought.</p>`;
  const sum = (column: 'total_usd' | `${(typeof NODE_PHASES)[number]}_usd` | 'node_s'): number =>
    nodes.reduce((total, node) => total + node[column], 0);
  const isExtrapolated = (node: DeploymentRow): boolean => names.get(node.deployment_id)?.extrapolated === true;
  const marks = allMarks(nodes.map((node) => ({ simulated: node.simulated, extrapolated: isExtrapolated(node) })));
  const dearest = nodes.toSorted((a, b) => b.total_usd - a.total_usd);
  const shown = dearest.slice(0, MOST_BARS);
  const total = sum('total_usd');
  const measuring = total === 0 ? 0 : sum('measure_usd') / total;
  const valid = nodes.reduce((count, node) => count + node.cells_valid, 0);
  const each = valid === 0 ? '' : `; ${usd(total / valid)} for each valid cell`;
  return html`<p>${marks.length > 0 ? 'The nodes would have cost' : 'The nodes cost'} <strong>${usd(total)}</strong>, ${Math.round(measuring * 100)} % of it for measuring${each}. The budget was ${usd(plan.wholeBudgetUsd ?? plan.budgetUsd)}, the estimate before the start ${usd(plan.estimate.totalUsd)}, which includes the nodes of the engines and of the load generators, the control plane, downloads through NAT and the state machine's transitions. Counted against the budget so far, over all executions of the run: ${usd(spentUsd(spent))} (${spendingParts(spent, usd)}); shared costs are the last three of these. What the run cost, here and below, is nodes only: EKS itself, storage, queries and traffic are not in it.</p>
${figure({
  name: 'phases',
  title: 'Cost by phase',
  caption:
    dearest.length > shown.length
      ? `The dearest ${shown.length} of ${counted(dearest.length, 'node')}.`
      : 'One bar for each node that was paid for.',
  marks,
  ...phases(
    shown.map((node) => ({
      node,
      label: visible(labelOf(node, names)).slice(0, MOST_LETTERS),
      short: node.role === 'engine' ? (names.get(node.deployment_id)?.letter ?? '?') : node.role,
    })),
  ),
})}
${table({
  caption: `${counted(nodes.length, 'node')}, the dearest first`,
  columns: [
    { title: 'node' },
    { title: 'capacity, zone' },
    { title: 'time', kind: 'number' },
    ...NODE_PHASES.map((phase) => ({ title: phase, unit: 'USD', kind: 'number' as const })),
    { title: 'all', unit: 'USD', kind: 'number' },
    { title: 'price and fee', kind: 'number' },
    { title: 'valid cells', kind: 'number' },
    { title: 'instance' },
    { title: 'files' },
  ],
  rows: dearest.map((node) => ({
    anchor: nodeAnchor(node.deployment_id, node.attempt),
    cells: cellsOf(node, names, told),
  })),
})}`;
}

function labelOf(node: DeploymentRow, names: Names): string {
  const name = names.get(node.deployment_id);
  const again = node.attempt > 1 ? `, attempt ${node.attempt}` : '';
  if (node.role !== 'engine') return `${ROLES[node.role] ?? node.role}${again}`;
  return `${name === undefined ? node.instance_type : `${name.letter} ${name.text}`}${again}`;
}

/**
 * What a simulated engine's time is modelled on is said by what it measured: of one that measured nothing nobody
 * knows, and its dollars are not to pass for those of an engine that was fitted.
 */
const untold = (node: DeploymentRow, told: ReadonlySet<string>): Html =>
  node.role === 'engine' && node.simulated && node.node_s > 0 && !told.has(node.deployment_id)
    ? html` <strong class="simulated-mark">SIMULATED, PERHAPS EXTRAPOLATED</strong>`
    : NOTHING;

/** @param told deployments of which something was measured. */
function cellsOf(node: DeploymentRow, names: Names, told: ReadonlySet<string>) {
  const price = node.price_usd_per_hour === null ? null : node.price_usd_per_hour + (node.fee_usd_per_hour ?? 0);
  return [
    html`<bdi>${labelOf(node, names)}</bdi>${extrapolatedMark(names.get(node.deployment_id)?.extrapolated === true)}${untold(node, told)}${node.error_name === null ? NOTHING : html`<br>${node.error_name}`}`,
    [node.capacity_type, node.zone].filter((one) => one !== null).join(', ') || '–',
    duration(node.node_s),
    ...NODE_PHASES.map((phase) => usd(node[`${phase}_usd`])),
    usd(node.total_usd),
    usdPerHour(price),
    node.role === 'engine' ? `${node.cells_valid} of ${node.cells_asked}` : '–',
    node.instance_id ?? '–',
    html`<a href="${recordUrl(node)}">record</a>`,
  ];
}
