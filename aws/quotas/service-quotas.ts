import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import type { Quotas } from '#core/ports/prices.ts';
import { quotaClass } from '#core/pricing/quota.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

/**
 * The account's vCPU quotas of EC2. One that was never raised is not in the account's own list in every region:
 * then AWS's default holds.
 * @throws StepBenchError Retryable, or ServiceRefused where the quota cannot be read: over quota Karpenter reports
 * insufficient capacity, which would be a false result.
 */
export function serviceQuotas(client: ServiceQuotasClient): Quotas {
  const known = new Map<string, Promise<number | undefined>>();

  async function limitOf({ name, quotaCode }: ReturnType<typeof quotaClass>): Promise<number | undefined> {
    const asked = { ServiceCode: 'ec2', QuotaCode: quotaCode };
    const applied = await reading(name, () => client.send(new GetServiceQuotaCommand(asked)));
    if (applied !== undefined) return applied.Quota?.Value;
    const usual = await reading(name, () => client.send(new GetAWSDefaultServiceQuotaCommand(asked)));
    return usual?.Quota?.Value;
  }

  return {
    vcpuLimit: async ({ instanceType, region, capacityType }) => {
      const here = await client.config.region();
      if (here !== region) {
        throw new StepBenchError(ErrorName.ServiceRefused, `Quotas of ${region} cannot be read from ${here}.`);
      }
      const quota = quotaClass(instanceType, capacityType);
      const asked = known.get(quota.quotaCode) ?? limitOf(quota);
      known.set(quota.quotaCode, asked);
      asked.catch(() => known.delete(quota.quotaCode));
      return asked;
    },
  };
}

async function reading<T>(quota: string, work: () => Promise<T>): Promise<T | undefined> {
  return calling(
    { api: `servicequotas:GetServiceQuota of "${quota}"`, terminal: ErrorName.ServiceRefused },
    async () => {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchResourceException') return undefined;
        throw error;
      }
    },
  );
}
