import { SERVICE_RATES } from './service-rates.ts';

/**
 * What a run pays besides its GPU nodes (us-east-1, $).
 *
 * Sources: AWS price list and pricing pages of EKS, VPC (NAT gateway), Step Functions and Lambda, 2026-07.
 */
export const SHARED_RATES = {
  /** EKS control plane, version in standard support, per hour. */
  controlPlaneUsdPerHour: SERVICE_RATES.controlPlaneHour.usd,
  /** NAT gateway: data processed, per GB. S3 goes through a gateway endpoint and costs nothing. */
  natUsdPerGb: 0.045,
  /** Standard workflow, per state transition. */
  transitionUsd: SERVICE_RATES.transition.usd,
  /** One call of a task: a request ($0.0000002) and 0.25 s at 1 GB ($0.0000167 per GB-second). */
  taskCallUsd: 0.000_004_4,
} as const;

/**
 * Where the load generators run: compute, not memory, and no bursting credits that could throttle a client in
 * the middle of a cell. 16 vCPU.
 */
export const LOAD_INSTANCE_TYPE = 'c7i.4xlarge';

export const LOAD_INSTANCE_VCPUS = 16;

/** Load Jobs that share a node of the load pool; one Job drives one deployment at a time. */
const LOAD_JOBS_PER_NODE = 2;

/** Zones that engines may land in; each wants its load generator beside it. */
const ZONES = 3;

/** Nodes of the load pool when the engines land in one zone. */
export const loadNodes = (deploymentsAtOnce: number): number => Math.ceil(deploymentsAtOnce / LOAD_JOBS_PER_NODE);

/**
 * At most so many nodes: k engines over Z zones want (k + Z) / 2 at worst, each zone with one engine over; a node
 * that was warmed where no engine came instead of the last zone's makes it (k + Z + 1) / 2.
 */
export const mostLoadNodes = (deploymentsAtOnce: number): number => Math.floor((deploymentsAtOnce + ZONES + 1) / 2);
