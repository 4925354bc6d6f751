import type { Deployment } from '../../plan/types.ts';
import type { CapacityType } from '../../ports/prices.ts';
import { gpuNodePoolName, Label, runLabels } from '../names.ts';
import { GPU, nodePool } from './node-pool.ts';
import { secondsLeft } from './time-left.ts';

export interface GpuNodePoolRequest {
  run: string;
  deployment: Pick<Deployment, 'id' | 'instanceType' | 'gpuCount'>;
  /** ISO time by which the engine's node must be gone. */
  deadline: string;
  capacityType: CapacityType;
  nowMs: number;
  zones?: readonly string[];
}

/**
 * A NodePool for exactly one instance type. The limit is the GPUs of one such instance, so that a Job's pod
 * that comes back cannot buy a second one. The capacity type is not in its name: the next one to try is a
 * change of this pool.
 * @throws StepBenchError DeadlinePassed
 */
export const gpuNodePool = ({ run, deployment, deadline, capacityType, nowMs, zones }: GpuNodePoolRequest) =>
  nodePool({
    name: gpuNodePoolName(run, deployment.id, deadline),
    labels: { ...runLabels(run, 'engine'), [Label.deployment]: deployment.id },
    deadline,
    expireAfterSeconds: secondsLeft(deadline, nowMs),
    instanceType: deployment.instanceType,
    capacityType,
    zones,
    taint: GPU,
    limits: { [GPU]: String(deployment.gpuCount) },
    consolidateAfter: '2m',
  });
