import { onDeploymentStep } from './deployment-progress.ts';
import type { ExecutionEvent } from './execution-event.ts';
import { type Cursor, NEW_CURSOR, readOn } from './history-cursor.ts';
import type { DeploymentProgress, Histories, RunProgress } from './progress.ts';
import { onRunStep } from './run-progress.ts';
import { field, type Step } from './step.ts';

/**
 * The progress after one more event. Events may come twice, and in any order: those of one execution are put
 * in the order of their ids, and executions do not depend on each other.
 */
export function reduce(progress: RunProgress, { execution, parent, event }: ExecutionEvent): RunProgress {
  const { histories, position } = find(progress.histories, execution);
  const before = histories.cursors[position]!;
  const { cursor, steps } = readOn(before, event);
  if (cursor === before) return progress;
  let deployment = cursor.deployment;
  let { run, deployments } = progress;
  for (const step of steps) {
    if (parent === undefined) {
      run = onRunStep(run, step);
      continue;
    }
    if (step.kind === 'start') deployment = plannedAs(deployments, step);
    deployments = withStep(deployments, deployment, step);
  }
  return {
    run,
    deployments,
    lastEventAtMs: steps.reduce((latest, { atMs }) => Math.max(latest, atMs), progress.lastEventAtMs),
    histories: { ...histories, cursors: histories.cursors.with(position, { ...cursor, deployment }) },
  };
}

function find(histories: Histories, execution: string): { histories: Histories; position: number } {
  const known = histories.index.get(execution);
  if (known !== undefined) return { histories, position: known };
  const cursors: readonly Cursor[] = [...histories.cursors, NEW_CURSOR];
  const index = new Map(histories.index).set(execution, histories.cursors.length);
  return { histories: { index, cursors }, position: histories.cursors.length };
}

/** Position of the deployment that a child measures; -1 when the plan does not have it. */
const plannedAs = (deployments: readonly DeploymentProgress[], { input }: Step & { kind: 'start' }): number => {
  const id = field(input, 'deployment');
  return deployments.findIndex((deployment) => deployment.id === id);
};

function withStep(deployments: readonly DeploymentProgress[], position: number, step: Step) {
  const before = deployments[position];
  if (before === undefined) return deployments;
  const after = onDeploymentStep(before, step);
  return after === before ? deployments : deployments.with(position, after);
}
