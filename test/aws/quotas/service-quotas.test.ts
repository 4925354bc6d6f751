import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceQuotas } from '#aws/quotas/service-quotas.ts';
import type { Quotas } from '#core/ports/prices.ts';
import { clientOf } from '../moto/client-config.ts';
import { startJsonService } from '../stub/json-service.ts';
import { type Stub, StubError } from '../stub/service.ts';

const ON_DEMAND_G = 'L-DB2E81BA';
const SPOT_P5 = 'L-C4BD4855';

describe('quotas of the account', () => {
  const applied = new Map<string, number>();
  const usual = new Map([[SPOT_P5, 0]]);
  let stub: Stub;
  let quotas: Quotas;
  beforeEach(async () => {
    applied.clear();
    applied.set(ON_DEMAND_G, 192);
    const answerFrom = (values: Map<string, number>) => (input: Record<string, unknown>) => {
      if (input.ServiceCode !== 'ec2') throw new StubError('NoSuchResourceException', `service ${input.ServiceCode}`);
      const Value = values.get(String(input.QuotaCode));
      if (Value === undefined)
        throw new StubError('NoSuchResourceException', 'The request failed because of no quota.');
      return { Quota: { ServiceCode: 'ec2', QuotaCode: input.QuotaCode, Value, Unit: 'None' } };
    };
    stub = await startJsonService({
      signingName: 'servicequotas',
      target: 'ServiceQuotasV20190624',
      version: '1.1',
      operations: { GetServiceQuota: answerFrom(applied), GetAWSDefaultServiceQuota: answerFrom(usual) },
    });
    quotas = serviceQuotas(new ServiceQuotasClient(clientOf(stub.url)));
  });
  afterEach(() => stub.close());
  const limit = (instanceType: string, capacityType: 'on-demand' | 'spot' = 'on-demand', region = 'us-east-1') =>
    quotas.vcpuLimit({ instanceType, region, capacityType });

  it("are the account's own, of the class of the instance type", async () => {
    expect(await limit('g5.12xlarge')).toBe(192);
    expect(await limit('g6.xlarge')).toBe(192);
    expect(stub.requests).toHaveLength(1);
  });

  it("are AWS's where the account has none of its own; none at all is a limit too", async () => {
    expect(await limit('p5.48xlarge', 'spot')).toBe(0);
  });

  it('are unlimited where AWS knows no such quota', async () => {
    expect(await limit('p4d.24xlarge', 'spot')).toBeUndefined();
  });

  it('are not those of another region', async () => {
    await expect(limit('g5.xlarge', 'on-demand', 'eu-west-1')).rejects.toMatchObject({ name: 'ServiceRefused' });
  });
});
