/**
 * The GPU instance types that a matrix may name, smallest first within a family.
 *
 * Source: EC2's DescribeInstanceTypes (us-east-1, July 2026), as published in Karpenter's reference of
 * instance types. `gpuMemoryMiB` is what EC2 reports for one GPU, a little less than the maker's round figure.
 */
export interface GpuInstanceFacts {
  gpuName: string;
  gpuCount: number;
  /** Of one GPU. */
  gpuMemoryMiB: number;
  vcpus: number;
  memoryGiB: number;
}

export const GPU_INSTANCES = {
  'g5.xlarge': { gpuName: 'A10G', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 4, memoryGiB: 16 },
  'g5.2xlarge': { gpuName: 'A10G', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 8, memoryGiB: 32 },
  'g5.4xlarge': { gpuName: 'A10G', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 16, memoryGiB: 64 },
  'g5.8xlarge': { gpuName: 'A10G', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 32, memoryGiB: 128 },
  'g5.12xlarge': { gpuName: 'A10G', gpuCount: 4, gpuMemoryMiB: 22888, vcpus: 48, memoryGiB: 192 },
  'g5.16xlarge': { gpuName: 'A10G', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 64, memoryGiB: 256 },
  'g5.24xlarge': { gpuName: 'A10G', gpuCount: 4, gpuMemoryMiB: 22888, vcpus: 96, memoryGiB: 384 },
  'g5.48xlarge': { gpuName: 'A10G', gpuCount: 8, gpuMemoryMiB: 22888, vcpus: 192, memoryGiB: 768 },
  'g6.xlarge': { gpuName: 'L4', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 4, memoryGiB: 16 },
  'g6.2xlarge': { gpuName: 'L4', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 8, memoryGiB: 32 },
  'g6.4xlarge': { gpuName: 'L4', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 16, memoryGiB: 64 },
  'g6.8xlarge': { gpuName: 'L4', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 32, memoryGiB: 128 },
  'g6.12xlarge': { gpuName: 'L4', gpuCount: 4, gpuMemoryMiB: 22888, vcpus: 48, memoryGiB: 192 },
  'g6.16xlarge': { gpuName: 'L4', gpuCount: 1, gpuMemoryMiB: 22888, vcpus: 64, memoryGiB: 256 },
  'g6.24xlarge': { gpuName: 'L4', gpuCount: 4, gpuMemoryMiB: 22888, vcpus: 96, memoryGiB: 384 },
  'g6.48xlarge': { gpuName: 'L4', gpuCount: 8, gpuMemoryMiB: 22888, vcpus: 192, memoryGiB: 768 },
  'g6e.xlarge': { gpuName: 'L40S', gpuCount: 1, gpuMemoryMiB: 45776, vcpus: 4, memoryGiB: 32 },
  'g6e.2xlarge': { gpuName: 'L40S', gpuCount: 1, gpuMemoryMiB: 45776, vcpus: 8, memoryGiB: 64 },
  'g6e.4xlarge': { gpuName: 'L40S', gpuCount: 1, gpuMemoryMiB: 45776, vcpus: 16, memoryGiB: 128 },
  'g6e.8xlarge': { gpuName: 'L40S', gpuCount: 1, gpuMemoryMiB: 45776, vcpus: 32, memoryGiB: 256 },
  'g6e.12xlarge': { gpuName: 'L40S', gpuCount: 4, gpuMemoryMiB: 45776, vcpus: 48, memoryGiB: 384 },
  'g6e.16xlarge': { gpuName: 'L40S', gpuCount: 1, gpuMemoryMiB: 45776, vcpus: 64, memoryGiB: 512 },
  'g6e.24xlarge': { gpuName: 'L40S', gpuCount: 4, gpuMemoryMiB: 45776, vcpus: 96, memoryGiB: 768 },
  'g6e.48xlarge': { gpuName: 'L40S', gpuCount: 8, gpuMemoryMiB: 45776, vcpus: 192, memoryGiB: 1536 },
  'p4d.24xlarge': { gpuName: 'A100', gpuCount: 8, gpuMemoryMiB: 40960, vcpus: 96, memoryGiB: 1152 },
  'p5.4xlarge': { gpuName: 'H100', gpuCount: 1, gpuMemoryMiB: 81920, vcpus: 16, memoryGiB: 256 },
  'p5.48xlarge': { gpuName: 'H100', gpuCount: 8, gpuMemoryMiB: 81920, vcpus: 192, memoryGiB: 2048 },
  'p5en.48xlarge': { gpuName: 'H200', gpuCount: 8, gpuMemoryMiB: 144384, vcpus: 192, memoryGiB: 2048 },
} as const satisfies Record<string, GpuInstanceFacts>;

type GpuInstanceType = keyof typeof GPU_INSTANCES;

export const GPU_INSTANCE_TYPES = Object.keys(GPU_INSTANCES) as GpuInstanceType[];

export const gpuInstanceFacts = (instanceType: string): GpuInstanceFacts | undefined =>
  Object.hasOwn(GPU_INSTANCES, instanceType) ? GPU_INSTANCES[instanceType as GpuInstanceType] : undefined;

/** `g5` of `g5.8xlarge`. */
export const instanceFamily = (instanceType: string): string => instanceType.slice(0, instanceType.indexOf('.'));
