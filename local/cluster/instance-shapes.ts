import { gpuInstanceFacts } from '#core/pricing/gpu-instances.ts';

/** What Kubernetes sees of an instance type: resources by name, as its capacity says them. */
export type Resources = Record<string, number>;

export interface InstanceShape {
  capacity: Resources;
  allocatable: Resources;
}

/** vCPUs and GiB of the CPU families that a load pool may use; source: EC2's DescribeInstanceTypes. */
const CPU_FAMILIES: Record<string, { gibPerVcpu: number }> = {
  c5: { gibPerVcpu: 2 },
  c6i: { gibPerVcpu: 2 },
  c7i: { gibPerVcpu: 2 },
  m5: { gibPerVcpu: 4 },
  m6i: { gibPerVcpu: 4 },
  m7i: { gibPerVcpu: 4 },
};
const CPU_SIZES: Record<string, number> = { large: 2, xlarge: 4, '2xlarge': 8, '4xlarge': 16, '8xlarge': 32 };

/** Undefined for a type that nobody knows: Karpenter then finds nothing compatible. */
export function instanceShape(instanceType: string): InstanceShape | undefined {
  const gpu = gpuInstanceFacts(instanceType);
  if (gpu !== undefined) return shape(gpu.vcpus, gpu.memoryGiB, gpu.gpuCount);
  const [family = '', size = ''] = instanceType.split('.');
  const vcpus = CPU_SIZES[size];
  const perVcpu = CPU_FAMILIES[family]?.gibPerVcpu;
  return vcpus === undefined || perVcpu === undefined ? undefined : shape(vcpus, vcpus * perVcpu, 0);
}

/**
 * Less than the instance has is allocatable: the kubelet, the system and Auto Mode's agents keep some. So a
 * pod that asks for every vCPU of a type never lands on it, here as there.
 */
function shape(vcpus: number, memoryGiB: number, gpus: number): InstanceShape {
  const bytes = memoryGiB * 1024 ** 3;
  const fixed = { pods: 58, 'ephemeral-storage': 80 * 1024 ** 3, ...(gpus === 0 ? {} : { 'nvidia.com/gpu': gpus }) };
  return {
    capacity: { cpu: vcpus, memory: bytes, ...fixed },
    allocatable: { cpu: vcpus - 0.1 - vcpus * 0.0025, memory: Math.floor(bytes * 0.925) - 700 * 1024 ** 2, ...fixed },
  };
}
