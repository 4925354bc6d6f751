/** What Karpenter can launch here: shapes and prices of EC2, as far as the tests ask for them. */
const ZONES = ['us-east-1a', 'us-east-1b'];

interface Shape {
  name: string;
  vcpus: number;
  memoryGiB: number;
  gpus: number;
  usdPerHour: number;
}

const SHAPES: Shape[] = [
  { name: 'g5.xlarge', vcpus: 4, memoryGiB: 16, gpus: 1, usdPerHour: 1.006 },
  { name: 'g5.2xlarge', vcpus: 8, memoryGiB: 32, gpus: 1, usdPerHour: 1.212 },
  { name: 'g5.12xlarge', vcpus: 48, memoryGiB: 192, gpus: 4, usdPerHour: 5.672 },
  { name: 'c7i.4xlarge', vcpus: 16, memoryGiB: 32, gpus: 0, usdPerHour: 0.714 },
];

const requirement = (key: string, value: string) => ({ key, operator: 'In', values: [value] });

/** In the format of `INSTANCE_TYPES_FILE_PATH` of Karpenter's kwok provider. */
export const instanceTypes = () =>
  SHAPES.map(({ name, vcpus, memoryGiB, gpus, usdPerHour }) => ({
    name,
    architecture: 'amd64',
    operatingSystems: ['linux'],
    resources: {
      cpu: String(vcpus),
      memory: `${memoryGiB}Gi`,
      'ephemeral-storage': '200Gi',
      pods: '58',
      ...(gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {}),
    },
    offerings: ZONES.flatMap((zone) =>
      [
        { capacityType: 'on-demand', share: 1 },
        { capacityType: 'spot', share: 0.4 },
      ].map(({ capacityType, share }) => ({
        Price: usdPerHour * share,
        Available: true,
        Requirements: [
          requirement('karpenter.sh/capacity-type', capacityType),
          requirement('topology.kubernetes.io/zone', zone),
        ],
      })),
    ),
  }));
