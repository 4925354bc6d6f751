import type { Plan } from '#core/plan/types.ts';
import type { DeploymentOverview, PhaseTotal } from '#core/progress/overview.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { priceSources } from './estimate.ts';
import { counted, duration, figure, usd } from './format.ts';
import { table } from './table.ts';
import { type TimelineSpan, timelineLines } from './timeline.ts';

/** What a run would take and cost in AWS, as the state machine itself went through it in simulated time. */
export interface Forecast {
  plan: Plan;
  startMs: number;
  endMs: number;
  transitions: number;
  /** What the run does besides its deployments. */
  around: readonly TimelineSpan[];
  deployments: readonly { name: string; overview: DeploymentOverview }[];
  phases: readonly PhaseTotal[];
  gpuUsd: number;
  /** Load generators, control plane, downloads and orchestration, as the plan estimates them. */
  otherUsd: number;
}

const BASIS =
  'With a new cluster, and engines as fast as the simulator has them; the estimate of stepbench run leaves the cluster out and assumes slow engines.';

/** The forecast of a run: how long, when what happens, for how much, and whether the budget allows it. */
export function forecastLines(forecast: Forecast, look: { width: number; paint: Paint }): string[] {
  const { plan, startMs, endMs, transitions, around, deployments, phases, gpuUsd, otherUsd } = forecast;
  const { paint, width } = look;
  const cells = deployments.reduce((sum, { overview }) => sum + overview.cells.length, 0);
  const seconds = (endMs - startMs) / 1000;
  const total = gpuUsd + otherUsd;
  const nodeSeconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const within = total <= plan.budgetUsd;
  return [
    `${paint('bold', oneLine(plan.name))}: ${counted(cells, 'cell')} on ${counted(deployments.length, 'deployment')} in ${duration(seconds)}, ${counted(transitions, 'state transition')}`,
    '',
    ...timelineLines(
      [{ name: 'run', spans: around }, ...deployments.map(({ name, overview }) => ({ name, spans: overview.spans }))],
      { startMs, endMs },
      look,
    ),
    '',
    ...table(
      [
        { title: 'GPU nodes' },
        { title: 'node time', align: 'right' },
        { title: 'share', align: 'right', spare: 1 },
        { title: 'cost', align: 'right' },
      ],
      phases.map((phase) => [
        phase.phase,
        duration(phase.seconds),
        nodeSeconds === 0 ? '-' : `${figure(Math.round((phase.seconds / nodeSeconds) * 100))} %`,
        usd(phase.usd),
      ]),
      look,
    ),
    '',
    ...wrapped(
      `In all ${usd(total)}: GPU nodes ${usd(gpuUsd)}, load generators ${usd(plan.estimate.loadNodesUsd)}, control plane ${usd(plan.estimate.controlPlaneUsd)}, downloads through NAT ${usd(plan.estimate.downloadsUsd)}, orchestration ${usd(plan.estimate.orchestrationUsd)}.`,
      width,
    ),
    ...wrapped(
      `${within ? 'Within' : 'Over'} the budget of ${usd(plan.budgetUsd)}; ${usd(plan.estimate.worstCaseUsd)} if every node lives to its deadline.`,
      width,
    ).map((line) => paint(within ? 'green' : 'red', line)),
    ...wrapped(BASIS, width).map((line) => paint('dim', line)),
    ...priceSources(plan).flatMap((source) => wrapped(source, width).map((line) => paint('dim', line))),
  ];
}
