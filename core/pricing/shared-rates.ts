/**
 * What a run pays besides its GPU nodes (us-east-1, $).
 *
 * Sources: AWS price list and pricing pages of EKS, VPC (NAT gateway), Step Functions and Lambda, 2026-07.
 */
export const SHARED_RATES = {
  /** EKS control plane, version in standard support, per hour. */
  controlPlaneUsdPerHour: 0.1,
  /** NAT gateway: data processed, per GB. S3 goes through a gateway endpoint and costs nothing. */
  natUsdPerGb: 0.045,
  /** Standard workflow, per state transition. */
  transitionUsd: 0.000_025,
  /** One call of a task: a request ($0.0000002) and 0.25 s at 1 GB ($0.0000167 per GB-second). */
  taskCallUsd: 0.000_004_4,
} as const;

/**
 * Where the load generators run: compute, not memory, and no bursting credits that could throttle a client in
 * the middle of a cell. 16 vCPU.
 */
export const LOAD_INSTANCE_TYPE = 'c7i.4xlarge';

/** Load Jobs that share a node of the load pool; one Job drives one deployment at a time. */
export const LOAD_JOBS_PER_NODE = 2;
