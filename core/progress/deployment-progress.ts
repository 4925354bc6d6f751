import type { NodePhase } from '../plan/types.ts';
import { ErrorName } from '../workflow/errors.ts';
import type { Failure } from '../workflow/payload.ts';
import type { ModelStatus } from '../workflow/task-signatures.ts';
import type { CellProgress, DeploymentProgress } from './progress.ts';
import { failureOf, field, number, type Step, text } from './step.ts';

/** The deployment after a step of its child execution. State names are those of statemachines/. */
export function onDeploymentStep(deployment: DeploymentProgress, step: Step): DeploymentProgress {
  switch (step.kind) {
    case 'start':
      return started(deployment, step.input, step.atMs);
    case 'enter': {
      const phase = PHASE_OF_STATE[step.state];
      return phase === undefined ? deployment : inPhase(deployment, phase, step.atMs);
    }
    case 'call': {
      const called = onCall(deployment, step.state, step.payload, step.atMs);
      return step.again ? { ...called, retries: called.retries + 1 } : called;
    }
    case 'return':
      return onReturn(deployment, step.state, step.payload, step.atMs);
    case 'throw':
      return { ...deployment, lastError: { state: step.state, error: step.error, message: step.message } };
    case 'map-end':
      return deployment;
    case 'end':
      return ended(deployment, step);
  }
}

const PHASE_OF_STATE: Readonly<Record<string, NodePhase | 'hold'>> = {
  ProvisionNodePool: 'launch',
  LaunchJob: 'measure',
  RecordResult: 'idle',
  RecordCellFailure: 'idle',
  RecordDeploymentFailure: 'idle',
  HoldDeployment: 'hold',
  ReleaseDeployment: 'release',
};

const PHASE_OF_MODEL: Readonly<Record<ModelStatus, NodePhase | undefined>> = {
  pending: 'launch',
  pulling: 'pull',
  loading: 'load',
  ready: 'idle',
  'no-capacity': undefined,
  failed: 'idle',
};

function started(deployment: DeploymentProgress, input: unknown, atMs: number): DeploymentProgress {
  const given = field(input, 'cells');
  // JSONata gives an array of one as its only element.
  const asked = new Set((Array.isArray(given) ? given : [given]).map((item) => field(item, 'cell')));
  return {
    ...deployment,
    phase: 'launch',
    holdSeconds: number(field(input, 'holdSeconds')) ?? 0,
    startedAtMs: atMs,
    sinceMs: atMs,
    cells: deployment.cells.map((cell) => (asked.has(cell.id) ? cell : { ...cell, status: 'earlier' })),
  };
}

function inPhase(deployment: DeploymentProgress, phase: NodePhase | 'hold' | 'done', atMs: number): DeploymentProgress {
  if (deployment.phase === phase) return deployment;
  return { ...deployment, phase, sinceMs: atMs, spans: closedSpans(deployment, atMs) };
}

/** The spans of a deployment up to a moment, the phase under way included. */
export function closedSpans(deployment: DeploymentProgress, atMs: number): DeploymentProgress['spans'] {
  const { phase, sinceMs, spans, rates, capacity } = deployment;
  if (phase === 'waiting' || phase === 'done' || sinceMs === undefined || atMs <= sinceMs) return spans;
  return [
    ...spans,
    { phase: phase === 'hold' ? 'idle' : phase, fromMs: sinceMs, toMs: atMs, usdPerHour: rates[capacity] ?? 0 },
  ];
}

function onCall(deployment: DeploymentProgress, state: string, payload: unknown, atMs: number): DeploymentProgress {
  switch (state) {
    case 'ProvisionNodePool':
      return {
        ...deployment,
        ...deadlineIn(payload),
        capacity: number(field(payload, 'capacity')) ?? deployment.capacity,
      };
    case 'LaunchJob': {
      const id = field(payload, 'cell');
      const current = deployment.cells.findIndex((cell) => cell.id === id);
      return withCell({ ...deployment, current }, { status: 'running', startedAtMs: atMs });
    }
    case 'RecordResult':
      return withCell(deployment, { status: 'recording' });
    case 'RecordCellFailure':
      return withCell(deployment, { status: 'recording', failure: failureOf(field(payload, 'failure')) });
    case 'RecordDeploymentFailure':
      return { ...deployment, failure: failureOf(field(payload, 'failure')) };
    default:
      return deployment;
  }
}

const deadlineIn = (payload: unknown): { deadline?: string } => {
  const deadline = text(field(payload, 'deploymentDeadline'));
  return deadline === undefined ? {} : { deadline };
};

/** Until when the deployment is kept for requests by hand, as the machine waits; undefined when it is not. */
export function heldUntilMs({ phase, sinceMs, holdSeconds, deadline }: DeploymentProgress): number | undefined {
  if (phase !== 'hold' || sinceMs === undefined) return undefined;
  return Math.min(
    sinceMs + holdSeconds * 1000,
    deadline === undefined ? Number.POSITIVE_INFINITY : Date.parse(deadline),
  );
}

function onReturn(deployment: DeploymentProgress, state: string, payload: unknown, atMs: number): DeploymentProgress {
  switch (state) {
    case 'CheckModel':
      return onModelStatus(deployment, field(payload, 'status') as ModelStatus, atMs);
    case 'RecordResult':
      return cellEnded(deployment, field(payload, 'status') === 'valid' ? 'valid' : 'invalid', atMs);
    case 'RecordCellFailure':
      return cellEnded(deployment, 'failed', atMs);
    case 'RecordDeploymentFailure':
      return deployment.failure === undefined
        ? deployment
        : withoutOpenCells(deployment, 'failed', deployment.failure, atMs);
    default:
      return deployment;
  }
}

function onModelStatus(deployment: DeploymentProgress, status: ModelStatus, atMs: number): DeploymentProgress {
  if (status === 'no-capacity') {
    // No node came: nothing was paid for while waiting for it, nor is anything until the next one is asked for.
    const without = { ...deployment, capacity: -1 };
    return { ...without, phase: 'launch', sinceMs: atMs, spans: closedSpans(without, atMs) };
  }
  const phase = PHASE_OF_MODEL[status];
  return phase === undefined ? deployment : inPhase(deployment, phase, atMs);
}

function ended(deployment: DeploymentProgress, step: Step & { kind: 'end' }): DeploymentProgress {
  const { atMs, outcome, output, failure } = step;
  const status = outcome === 'succeeded' ? text(field(output, 'status')) : undefined;
  const notReached = { error: ErrorName.NotReached, cause: failure?.cause || 'The run ended before its turn came.' };
  const closed =
    deployment.failure === undefined
      ? withoutOpenCells(deployment, 'unreached', notReached, atMs)
      : withoutOpenCells(deployment, 'failed', deployment.failure, atMs);
  if (status === 'measured' || status === 'failed') {
    return { ...inPhase(closed, 'done', atMs), outcome: status, endedAtMs: atMs };
  }
  // Its node may still be there: ReleaseRun takes it away, and until then it costs.
  return {
    ...inPhase(closed, 'release', atMs),
    outcome: status === undefined ? 'aborted' : 'not-released',
    endedAtMs: atMs,
  };
}

const isOpen = ({ status }: CellProgress): boolean =>
  status === 'waiting' || status === 'running' || status === 'recording';

function withoutOpenCells(
  deployment: DeploymentProgress,
  status: 'failed' | 'unreached',
  failure: Failure,
  atMs: number,
): DeploymentProgress {
  if (!deployment.cells.some(isOpen)) return deployment;
  const close = (cell: CellProgress): CellProgress =>
    isOpen(cell) ? { ...cell, status, failure: cell.failure ?? failure, endedAtMs: atMs } : cell;
  return { ...deployment, current: -1, cells: deployment.cells.map(close) };
}

function cellEnded(deployment: DeploymentProgress, status: 'valid' | 'invalid' | 'failed', atMs: number) {
  return { ...withCell(deployment, { status, endedAtMs: atMs }), current: -1 };
}

function withCell(deployment: DeploymentProgress, change: Partial<CellProgress>): DeploymentProgress {
  const cell = deployment.cells[deployment.current];
  if (cell === undefined) return deployment;
  return { ...deployment, cells: deployment.cells.with(deployment.current, { ...cell, ...change }) };
}
