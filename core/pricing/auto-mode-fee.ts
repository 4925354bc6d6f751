import { instanceFamily } from './gpu-instances.ts';

interface FeeRate {
  /** Share of the on-demand price. */
  rate: number;
  /** `derived`: the price list's fee divided by its price. `estimated`: taken over from a neighbour. */
  basis: 'derived' | 'estimated';
  source: string;
}

const LISTED_GPU = 0.078;
const LISTED_CPU = 0.12;

/**
 * EKS Auto Mode charges a fee per instance-hour on top of EC2, whatever the capacity type. The price list has it
 * per type (service AmazonEKS, usage type `EKS-Auto:<type>-management-hours`) and there is no published formula:
 * these rates stand in where the list was not read.
 *
 * Read from the list: g6.xlarge 0.09104 of 1.1672 (Tokyo, 2026-09-18) and g5.xlarge 0.09649 of 1.237 (Seoul,
 * 2026-10-01) are both 7.8 %; m7i.large 0.0121 of 0.1008 (us-east-1, 2026-09-28) is 12 %.
 */
export const AUTO_MODE_FEES: Readonly<Record<string, FeeRate>> = {
  g5: { rate: LISTED_GPU, basis: 'derived', source: 'EKS-Auto:g5.xlarge 0.09649 of 1.237, Seoul 2026-10-01' },
  g6: { rate: LISTED_GPU, basis: 'derived', source: 'EKS-Auto:g6.xlarge 0.09104 of 1.1672, Tokyo 2026-09-18' },
  g6e: { rate: LISTED_GPU, basis: 'estimated', source: 'as g6' },
  p4d: { rate: LISTED_GPU, basis: 'estimated', source: 'as g6' },
  p5: { rate: LISTED_GPU, basis: 'estimated', source: 'as g6' },
  p5en: { rate: LISTED_GPU, basis: 'estimated', source: 'as g6' },
  c7i: { rate: LISTED_CPU, basis: 'estimated', source: 'as EKS-Auto:m7i.large 0.0121 of 0.1008, 2026-09-28' },
};

/** The dearest rate that was seen: a family that is not in the table is not underestimated. */
const UNKNOWN: FeeRate = { rate: LISTED_CPU, basis: 'estimated', source: 'the highest rate seen' };

export const autoModeFeeRate = (instanceType: string): FeeRate =>
  AUTO_MODE_FEES[instanceFamily(instanceType)] ?? UNKNOWN;

/** $ per hour, in the five decimals that the price list has. */
export const autoModeFeeUsdPerHour = (instanceType: string, onDemandUsdPerHour: number): number =>
  Math.round(onDemandUsdPerHour * autoModeFeeRate(instanceType).rate * 1e5) / 1e5;
