import type { CapacityType } from '../ports/prices.ts';

/** EC2 counts vCPUs of running instances per class of families, spot apart from the rest. */
interface QuotaClass {
  name: string;
  /** Service Quotas, service `ec2`. */
  quotaCode: string;
}

const ON_DEMAND: Record<string, QuotaClass> = {
  g: { name: 'Running On-Demand G and VT instances', quotaCode: 'L-DB2E81BA' },
  p: { name: 'Running On-Demand P instances', quotaCode: 'L-417A185B' },
  standard: { name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances', quotaCode: 'L-1216C47A' },
};

const SPOT: Record<string, QuotaClass> = {
  g: { name: 'All G and VT Spot Instance Requests', quotaCode: 'L-3819A6DF' },
  /** P5 has a spot quota of its own. */
  p: { name: 'All P4, P3 and P2 Spot Instance Requests', quotaCode: 'L-7212CCBC' },
  p5: { name: 'All P5 Spot Instance Requests', quotaCode: 'L-C4BD4855' },
  standard: { name: 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests', quotaCode: 'L-34B43A08' },
};

/** Reserved capacity counts against the on-demand quota. */
export function quotaClass(instanceType: string, capacityType: CapacityType): QuotaClass {
  const letter = /^(?:g|vt)[0-9]/.test(instanceType) ? 'g' : /^p[0-9]/.test(instanceType) ? 'p' : 'standard';
  if (capacityType !== 'spot') return ON_DEMAND[letter] as QuotaClass;
  return SPOT[letter === 'p' && instanceType.startsWith('p5') ? 'p5' : letter] as QuotaClass;
}
