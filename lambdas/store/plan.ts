import type { Plan, PlannedDeployment } from '#core/plan/types.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { ProvenGone } from '#core/results/account.ts';
import { keyOf } from '#core/results/layout.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { DeploymentItem } from '#core/workflow/payload.ts';
import { atOnce } from './at-once.ts';
import { readJson, writeJson } from './json.ts';

/** The plan as it is stored: cells stand with their deployments, in files of their own. */
export interface StoredPlan extends Omit<Plan, 'deployments'> {
  /** Which execution of the run wrote it; the attempt of its cells. */
  attempt: number;
  /** The matrix as the user wrote it: what resuming starts from. */
  matrix: unknown;
  /** Ids of all cells of the matrix, those of earlier executions included, under their deployment's. */
  cellsOf: Record<string, string[]>;
  /** UTC day of the run's first plan: the partition of its results, whenever it is resumed. */
  day: string;
  /** Control plane and transitions of the executions before this one, in dollars; plans of earlier versions have none. */
  earlierLifeUsd?: number;
  /** What is known of the end of earlier executions' nodes. */
  provenGone?: ProvenGone[];
  /** ISO time of the run's first start, where `startedAt` is the latest one's; plans of earlier versions have none. */
  firstStartedAt?: string;
  /** Those that this execution is to measure. */
  deploymentIds: string[];
  /** Every model of the matrix that an engine of ours loads. */
  models: string[];
}

/** A plan as it was read. */
export interface PlanVersion {
  plan: StoredPlan;
  etag: string;
}

/**
 * Written in this order, the plan last: where it stands, the rest does too.
 * @throws PreconditionFailedError when another plan stands there than the one that was read.
 */
export async function writePlan(
  store: ObjectStore,
  plan: StoredPlan,
  deployments: readonly PlannedDeployment[],
  before: PlanVersion | undefined,
): Promise<void> {
  const { run } = plan;
  await atOnce(deployments, (deployment) =>
    writeJson(store, keyOf({ kind: 'deployment-plan', run, deployment: deployment.id }), deployment),
  );
  await writeJson(store, keyOf({ kind: 'deployment-items', run }), deployments.map(item));
  const condition = before === undefined ? { ifAbsent: true as const } : { ifEtag: before.etag };
  await writeJson(store, keyOf({ kind: 'plan', run }), plan, condition);
}

const item = ({ id, maxSeconds, holdSeconds, poll, cells }: PlannedDeployment): DeploymentItem => ({
  deployment: id,
  maxSeconds,
  holdSeconds,
  ...poll,
  cells: cells.map((cell) => ({ cell: cell.id })),
});

export async function findPlanVersion(store: ObjectStore, run: string): Promise<PlanVersion | undefined> {
  const stored = await readJson(store, keyOf({ kind: 'plan', run }));
  if (stored === undefined) return undefined;
  const plan = stored.value as StoredPlan;
  if (plan.schema_version !== 1) throw otherVersion(`The plan of run ${run}`);
  return { plan, etag: stored.etag };
}

export const findPlan = async (store: ObjectStore, run: string): Promise<StoredPlan | undefined> =>
  (await findPlanVersion(store, run))?.plan;

export async function readPlan(store: ObjectStore, run: string): Promise<StoredPlan> {
  const plan = await findPlan(store, run);
  if (plan === undefined) throw missing(`The plan of run ${run}`);
  return plan;
}

export async function findDeployment(
  store: ObjectStore,
  run: string,
  id: string,
): Promise<PlannedDeployment | undefined> {
  const stored = await readJson(store, keyOf({ kind: 'deployment-plan', run, deployment: id }));
  return stored?.value as PlannedDeployment | undefined;
}

export async function readDeployment(store: ObjectStore, run: string, id: string): Promise<PlannedDeployment> {
  const deployment = await findDeployment(store, run, id);
  if (deployment === undefined) throw missing(`Deployment ${id} of run ${run}`);
  return deployment;
}

export async function readCell(store: ObjectStore, run: string, deploymentId: string, cellId: string) {
  const deployment = await readDeployment(store, run, deploymentId);
  const cell = deployment.cells.find((one) => one.id === cellId);
  if (cell === undefined) throw missing(`Cell ${cellId} of deployment ${deploymentId} of run ${run}`);
  return { deployment, cell };
}

const otherVersion = (what: string) =>
  new StepBenchError(ErrorName.SchemaVersion, `${what} was written by another version of StepBench.`, {
    nextStep: 'Use that version for it, or another run id.',
  });

const missing = (what: string) =>
  new StepBenchError(ErrorName.SchemaVersion, `${what} is not in the store.`, {
    nextStep: 'Something deleted it: start the matrix as a new run.',
  });
