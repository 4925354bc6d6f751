import type { Matrix } from '#core/matrix/types.ts';
import type { VcpuQuota } from '#core/plan/concurrency.ts';
import { quotesNeeded } from '#core/plan/plan.ts';
import type { Quotas } from '#core/ports/prices.ts';

/**
 * The vCPU quotas of everything that a run may buy, load generators too. The plan asks for them by the way; the service
 * is asked beforehand, once for each kind of instance.
 */
export async function vcpuQuotas(quotas: Quotas, matrix: Matrix): Promise<VcpuQuota> {
  const limits = new Map<string, number | undefined>();
  for (const { instanceType, capacityType } of quotesNeeded(matrix)) {
    const limit = await quotas.vcpuLimit({ instanceType, region: matrix.region, capacityType });
    limits.set(`${instanceType} ${capacityType}`, limit);
  }
  return (instanceType, capacityType) => limits.get(`${instanceType} ${capacityType}`);
}
