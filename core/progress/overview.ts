import { NODE_PHASES, type NodePhase } from '../plan/types.ts';
import { closedSpans } from './deployment-progress.ts';
import type { CellProgress, DeploymentPhase, DeploymentProgress, PhaseSpan, RunProgress } from './progress.ts';

/** A deployment as it is shown: what its own history says, and what follows from that of the run. */
export interface DeploymentOverview {
  readonly id: string;
  readonly phase: DeploymentPhase;
  readonly cells: readonly CellProgress[];
  readonly cellsDone: number;
  readonly spans: readonly PhaseSpan[];
  /** From its start to its end, or to now. */
  readonly elapsedMs: number;
  readonly spentUsd: number;
}

export function overview(progress: RunProgress, deployment: DeploymentProgress, nowMs: number): DeploymentOverview {
  const { id, startedAtMs, endedAtMs } = deployment;
  const untilMs = heldUntil(progress, deployment, nowMs);
  const spans = closedSpans(deployment, untilMs);
  // Every deployment had its turn, and this one had none: nothing of it was left to measure.
  const earlier = startedAtMs === undefined && progress.run.allMeasured;
  const cells = earlier ? deployment.cells.map((cell) => ({ ...cell, status: 'earlier' as const })) : deployment.cells;
  const gone = deployment.phase === 'release' && endedAtMs !== undefined && progress.run.releasedAtMs !== undefined;
  return {
    id,
    phase: earlier || gone ? 'done' : deployment.phase,
    cells,
    cellsDone: cells.filter(isDone).length,
    spans,
    elapsedMs: startedAtMs === undefined ? 0 : Math.max(0, (endedAtMs ?? untilMs) - startedAtMs),
    spentUsd: usdOf(spans),
  };
}

/** A node that its deployment could not release is held until the run has released it. */
const heldUntil = ({ run }: RunProgress, { phase, endedAtMs }: DeploymentProgress, nowMs: number): number => {
  const releasedAtMs = phase === 'release' && endedAtMs !== undefined ? run.releasedAtMs : undefined;
  return Math.min(nowMs, releasedAtMs ?? Number.POSITIVE_INFINITY);
};

const isDone = ({ status }: CellProgress): boolean =>
  status === 'valid' || status === 'invalid' || status === 'failed' || status === 'earlier';

/** What is known from elsewhere than the events: nothing of the run is left, however it ended. */
export const allReleased = (progress: RunProgress, atMs: number): RunProgress =>
  progress.run.releasedAtMs === undefined ? { ...progress, run: { ...progress.run, releasedAtMs: atMs } } : progress;

/** Dollars of node time. */
export const usdOf = (spans: readonly PhaseSpan[]): number =>
  spans.reduce((sum, { fromMs, toMs, usdPerHour }) => sum + ((toMs - fromMs) / 3_600_000) * usdPerHour, 0);

export interface PhaseTotal {
  readonly phase: NodePhase;
  readonly seconds: number;
  readonly usd: number;
}

/** Seconds and dollars by phase, in the order of a node's life. */
export const byPhase = (spans: readonly PhaseSpan[]): readonly PhaseTotal[] =>
  NODE_PHASES.map((phase) => {
    const own = spans.filter((span) => span.phase === phase);
    const ms = own.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    return { phase, seconds: ms / 1000, usd: usdOf(own) };
  });

/** The cells of a run by what became of them. */
export function countCells(deployments: readonly DeploymentOverview[]): Record<CellProgress['status'], number> {
  const counts = { waiting: 0, running: 0, recording: 0, valid: 0, invalid: 0, failed: 0, unreached: 0, earlier: 0 };
  for (const { cells } of deployments) for (const { status } of cells) counts[status] += 1;
  return counts;
}
