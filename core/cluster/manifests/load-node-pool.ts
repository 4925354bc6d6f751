import { loadNodePoolName, runLabels } from '../names.ts';
import { LOAD_TAINT, nodePool } from './node-pool.ts';
import { secondsLeft } from './time-left.ts';

export interface LoadNodePoolRequest {
  run: string;
  /** ISO time by which everything of the run must be gone. */
  deadline: string;
  nowMs: number;
  instanceType: string;
  /** No more than this many vCPUs at once: a ceiling against mistakes, not a plan. */
  vcpuLimit?: number;
  zones?: readonly string[];
  /** How long an empty node is kept: the next cell needs it, and what it did is recorded only at the end. */
  keepMinutes?: number;
}

/** Longer than an engine takes from one deployment to the next. */
export const KEEP_MINUTES = 10;

/**
 * CPU nodes for the load generators. A pool of our own: EKS's general-purpose consolidates after half a
 * minute and would move a generator in the middle of a cell.
 * @throws StepBenchError DeadlinePassed
 */
export const loadNodePool = ({
  run,
  deadline,
  nowMs,
  instanceType,
  vcpuLimit = 256,
  zones,
  keepMinutes = KEEP_MINUTES,
}: LoadNodePoolRequest) =>
  nodePool({
    name: loadNodePoolName(run, deadline),
    labels: runLabels(run, 'load-pool'),
    deadline,
    expireAfterSeconds: secondsLeft(deadline, nowMs),
    instanceType,
    capacityType: 'on-demand',
    zones,
    taint: LOAD_TAINT,
    limits: { cpu: String(vcpuLimit) },
    consolidateAfter: `${keepMinutes}m`,
  });
