import { STSClient } from '@aws-sdk/client-sts';
import type { StackPorts } from '#core/ports/stack.ts';
import { sdkAccount } from './account.ts';
import { asAwsError } from './errors.ts';
import { sdkExecutions } from './executions.ts';
import { sdkFunctions } from './functions.ts';
import { sdkOwnClusters } from './own-clusters.ts';
import { sdkSchedules } from './schedules.ts';
import { sdkStacks } from './stacks.ts';

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
  };
}

async function regionOfEnvironment(): Promise<string> {
  try {
    return await new STSClient({}).config.region();
  } catch (error) {
    throw asAwsError(error);
  }
}
