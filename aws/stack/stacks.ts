import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  type DescribeStacksCommandOutput,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { DeployedStack, Stacks } from '#core/ports/stack.ts';
import { AwsError } from '#core/stack/errors.ts';
import type { OutputName } from '#core/stack/outputs.ts';
import { throwingAwsErrors } from './errors.ts';

export function sdkStacks(region: string): Stacks {
  const client = throwingAwsErrors(new CloudFormationClient({ region }));
  return {
    find: async (name) => {
      const found = await describedStack(() => client.send(new DescribeStacksCommand({ StackName: name })));
      return found === undefined ? undefined : deployed(name, found);
    },
    delete: async (name) => {
      await client.send(new DeleteStackCommand({ StackName: name }));
    },
  };
}

/** CloudFormation has no error of its own for a stack that is not there: a validation error says it in words. */
export async function describedStack(describe: () => Promise<DescribeStacksCommandOutput>): Promise<Stack | undefined> {
  try {
    return (await describe()).Stacks?.[0];
  } catch (error) {
    if (error instanceof AwsError && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

function deployed(name: string, stack: Stack): DeployedStack {
  const { StackStatus, StackStatusReason, DriftInformation, Outputs = [] } = stack;
  return {
    name,
    status: StackStatus ?? 'UNKNOWN',
    ...(StackStatusReason === undefined ? {} : { reason: StackStatusReason }),
    drift: DriftInformation?.StackDriftStatus ?? 'NOT_CHECKED',
    outputs: Object.fromEntries(
      Outputs.flatMap(({ OutputKey, OutputValue }) =>
        OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
      ),
    ) as Partial<Record<OutputName, string>>,
  };
}
