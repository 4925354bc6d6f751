import { type Deployment, NODE_PHASES, type NodePhase } from '../plan/types.ts';
import type { PriceQuote } from '../ports/prices.ts';
import { ErrorName } from '../workflow/errors.ts';
import type { Failure, NodeFacts } from '../workflow/payload.ts';
import type { CellRow } from './cell-columns.ts';
import { DEPLOYMENT_COLUMNS, type DeploymentRow } from './deployment-columns.ts';
import { enginePart, known, pricePart, shortened, timestamp } from './row-parts.ts';
import { rowReader } from './row-schema.ts';
import { SCHEMA_VERSION } from './shared-columns.ts';
import { cellCounts, runStatus } from './status.ts';

/** What one node did with its time and what was downloaded to it. */
export interface NodeLife {
  run: string;
  /** Which execution of the run bought it, from 1. */
  attempt: number;
  /** Empty strings where no node came. */
  node: NodeFacts;
  /** Null when no node was bought: then all seconds are 0. */
  price: PriceQuote | null;
  /** ISO times; null while it is not known. */
  launchedAt: string | null;
  releasedAt: string | null;
  /** Seconds of each phase. */
  seconds: PhaseSeconds;
  downloads: { imageGiB: number | null; weightsGiB: number | null };
  /** ISO time. */
  recordedAt: string;
}

export interface EngineNodeLife extends NodeLife {
  deployment: Deployment;
  /** The rows of the deployment's cells, as they are stored. */
  rows: readonly CellRow[];
  /** What ended the whole deployment; null when its cells were all gone through. */
  failure: Failure | null;
}

/** Reads a row of `deployments/<deployment>/<attempt>.json`. */
export const readDeploymentRow = rowReader(DEPLOYMENT_COLUMNS);

/** The row of an engine's node. */
export function deploymentRow(life: EngineNodeLife): DeploymentRow {
  const { deployment, failure } = life;
  const asked = deployment.cells.map((cell) => cell.id);
  const counts = cellCounts(life.rows, asked);
  const row: DeploymentRow = {
    ...lifePart(life),
    ...enginePart(deployment, life.node),
    deployment_id: deployment.id,
    role: 'engine',
    status: runStatus(life.rows, asked),
    error_name: known(failure?.error),
    error_reason: failure === null ? null : known(shortened(failure.cause)),
    instance_type: deployment.instanceType,
    region: life.price?.region ?? deployment.prices[0]?.region ?? null,
    cells_asked: counts.total,
    cells_measured: counts.valid + counts.invalid,
    cells_valid: counts.valid,
    cells_failed: counts.failed,
    cells_cut: life.rows.filter((cell) => asked.includes(cell.cell_id) && cell.error_name === ErrorName.DeadlinePassed)
      .length,
  };
  return readDeploymentRow(row, `The record of deployment ${deployment.id}`);
}

/** The row of the nodes that served every deployment of the run; seconds summed over them. */
export function sharedNodeRow(
  life: NodeLife & { role: 'load' | 'stage'; instanceType: string; vcpus: number | null },
): DeploymentRow {
  const row: DeploymentRow = {
    ...lifePart(life),
    deployment_id: life.role,
    role: life.role,
    status: null,
    error_name: null,
    error_reason: null,
    instance_type: life.instanceType,
    region: life.price?.region ?? null,
    gpu_name: null,
    gpu_count: 0,
    vcpus: life.vcpus,
    engine: null,
    engine_version: null,
    model: null,
    tensor_parallel: null,
    pipeline_parallel: null,
    engine_arguments: null,
    shm_gib: null,
    generator: null,
    cells_asked: 0,
    cells_measured: 0,
    cells_valid: 0,
    cells_failed: 0,
    cells_cut: 0,
  };
  return readDeploymentRow(row, `The record of the ${life.role} node`);
}

/**
 * The row once its nodes are proven gone: the phases before reach to the moment at which they were recorded, and
 * what came after that was release, of each node. Asked again, it changes nothing; a node that never launched has no
 * release to pay for.
 *
 * @param releasedAt ISO time.
 * @param nodes how many were there when they were recorded; all of them when left out.
 */
export function withRelease(row: DeploymentRow, releasedAt: string, nodes?: number): DeploymentRow {
  if (row.released_at !== null) return row;
  const price = usdPerSecond(row.price_usd_per_hour, row.fee_usd_per_hour);
  const released = row.launched_at === null ? 0 : (nodes ?? (row.instance_id ?? '').split(',').length);
  const sinceRecorded = Math.max(0, Date.parse(releasedAt) - Date.parse(row.recorded_at)) / 1000;
  const seconds = { ...phasesOf(row), release: released * sinceRecorded };
  return readDeploymentRow(
    { ...row, ...costPart(seconds, price), released_at: timestamp(releasedAt) },
    `The record of ${row.deployment_id}`,
  );
}

function lifePart({ run, attempt, node, price, launchedAt, releasedAt, seconds, downloads, recordedAt }: NodeLife) {
  return {
    schema_version: SCHEMA_VERSION,
    run_id: run,
    attempt,
    simulated: node.simulated,
    recorded_at: timestamp(recordedAt),
    zone: known(node.zone),
    capacity_type: known(node.capacityType),
    instance_id: known(node.instanceId),
    launched_at: launchedAt === null ? null : timestamp(launchedAt),
    released_at: releasedAt === null ? null : timestamp(releasedAt),
    ...costPart(seconds, usdPerSecond(price?.priceUsdPerHour ?? null, price?.feeUsdPerHour ?? null)),
    image_gib: downloads.imageGiB,
    weights_gib: downloads.weightsGiB,
    ...pricePart(price),
  };
}

type PhaseSeconds = Record<NodePhase, number>;

function costPart(seconds: PhaseSeconds, usdPerSecond: number) {
  const nodeSeconds = NODE_PHASES.reduce((sum, phase) => sum + seconds[phase], 0);
  return {
    ...byPhase('s', (phase) => seconds[phase]),
    node_s: nodeSeconds,
    ...byPhase('usd', (phase) => seconds[phase] * usdPerSecond),
    total_usd: nodeSeconds * usdPerSecond,
  };
}

const usdPerSecond = (priceUsdPerHour: number | null, feeUsdPerHour: number | null): number =>
  ((priceUsdPerHour ?? 0) + (feeUsdPerHour ?? 0)) / 3600;

const phasesOf = (row: DeploymentRow): PhaseSeconds =>
  Object.fromEntries(NODE_PHASES.map((phase) => [phase, row[`${phase}_s`]])) as PhaseSeconds;

const byPhase = <const U extends 's' | 'usd'>(unit: U, of: (phase: NodePhase) => number) =>
  Object.fromEntries(NODE_PHASES.map((phase) => [`${phase}_${unit}`, of(phase)])) as Record<
    `${NodePhase}_${U}`,
    number
  >;
