import { AthenaClient } from '@aws-sdk/client-athena';
import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import type { StackPorts } from '#core/ports/stack.ts';
import { CLIENT_CONFIG } from '../binding/client-config.ts';
import { lazily } from '../binding/lazily.ts';
import { awsPrices } from '../prices/aws-prices.ts';
import { serviceQuotas } from '../quotas/service-quotas.ts';
import { athenaSql } from '../sql/athena-sql.ts';
import { s3Store } from '../store/s3-store.ts';
import { sdkAccount } from './account.ts';
import { sdkBucketExists } from './buckets.ts';
import { asAwsError } from './errors.ts';
import { sdkExecutions } from './executions.ts';
import { sdkFunctions } from './functions.ts';
import { sdkOwnClusters } from './own-clusters.ts';
import { sdkSchedules } from './schedules.ts';
import { sdkStacks } from './stacks.ts';

/** The Price List API answers in few regions, for all of them. */
const PRICE_LIST_REGION = 'us-east-1';

/**
 * The account that the environment names, as every tool of AWS finds it: variables, profile, role.
 * @param asked a region in the place of the environment's.
 * @throws AwsError `region-missing`
 */
export async function connectStack(asked: string | undefined): Promise<StackPorts> {
  const region = asked ?? (await regionOfEnvironment());
  return {
    region,
    account: sdkAccount(region),
    stacks: sdkStacks(region),
    executions: sdkExecutions(region),
    functions: sdkFunctions(region),
    schedules: sdkSchedules(region),
    clusters: sdkOwnClusters(region),
    prices: lazily(() =>
      awsPrices({
        pricing: new PricingClient({ ...CLIENT_CONFIG, region: PRICE_LIST_REGION }),
        ec2: new EC2Client({ ...CLIENT_CONFIG, region }),
      }),
    ),
    quotas: lazily(() => serviceQuotas(new ServiceQuotasClient({ ...CLIENT_CONFIG, region }))),
    bucketExists: sdkBucketExists(region),
    openStore: (bucket) => s3Store(new S3Client({ ...CLIENT_CONFIG, region }), bucket),
    openSql: (config) => athenaSql(new AthenaClient({ ...CLIENT_CONFIG, region }), config),
  };
}

async function regionOfEnvironment(): Promise<string> {
  try {
    return await new STSClient({}).config.region();
  } catch (error) {
    throw asAwsError(error);
  }
}
