import type { CellCounts, RunStatus } from '../workflow/payload.ts';
import type { TaskName } from '../workflow/task-signatures.ts';
import { TASKS } from '../workflow/tasks.ts';
import type { RunPart, RunPhase } from './progress.ts';
import { field, number, type Step, text } from './step.ts';

/** The run after a step of its own execution. */
export function onRunStep(run: RunPart, step: Step): RunPart {
  switch (step.kind) {
    case 'start':
      return { ...run, startedAtMs: step.atMs, sinceMs: step.atMs };
    case 'enter': {
      const phase = phaseOf(step.state);
      return phase === undefined ? run : { ...inPhase(run, phase, step.atMs), state: step.state };
    }
    case 'call':
      return step.again ? { ...run, retries: run.retries + 1 } : run;
    case 'return':
      return onReturn(run, step.state, step.payload, step.atMs);
    case 'throw':
      return { ...run, lastError: { state: step.state, error: step.error, message: step.message } };
    case 'map-end':
      return { ...run, allMeasured: true };
    case 'end': {
      const { outcome, output, failure } = step;
      return {
        ...inPhase(run, 'ended', step.atMs),
        endedAtMs: step.atMs,
        outcome: ENDS[outcome] ?? (text(field(output, 'status')) as RunStatus | undefined) ?? 'SUCCEEDED',
        ...(failure === undefined ? {} : { failure }),
      };
    }
  }
}

const ENDS = { succeeded: undefined, failed: 'FAILED', aborted: 'ABORTED', 'timed-out': 'TIMED_OUT' } as const;

function phaseOf(state: string): RunPhase | undefined {
  if (state === 'ForEachDeployment') return 'measure';
  // Waits and choices belong to the task that they wait for.
  return Object.hasOwn(TASKS, state) ? TASKS[state as TaskName].phase : undefined;
}

function inPhase(run: RunPart, phase: RunPhase, atMs: number): RunPart {
  if (run.phase === phase) return run;
  const { sinceMs = atMs, spans } = run;
  const span = { phase: run.phase, fromMs: sinceMs, toMs: atMs };
  return { ...run, phase, sinceMs: atMs, spans: atMs > sinceMs ? [...spans, span] : spans };
}

function onReturn(run: RunPart, state: string, payload: unknown, atMs: number): RunPart {
  switch (state as TaskName) {
    case 'ExpandMatrix': {
      const runId = text(field(payload, 'run'));
      const estimateUsd = number(field(payload, 'estimateUsd'));
      const budgetUsd = number(field(payload, 'budgetUsd'));
      return {
        ...run,
        ...(runId === undefined ? {} : { runId }),
        ...(estimateUsd === undefined ? {} : { estimateUsd }),
        ...(budgetUsd === undefined ? {} : { budgetUsd }),
        // A resumed run may have nothing left to measure.
        allMeasured: field(payload, 'deploymentCount') === 0,
      };
    }
    case 'FinalizeRun': {
      const cells = field(payload, 'cells');
      return cells === undefined ? run : { ...run, cells: cells as CellCounts };
    }
    case 'ReleaseRun':
      return field(payload, 'status') === 'done' ? { ...run, releasedAtMs: atMs } : run;
    default:
      return run;
  }
}
