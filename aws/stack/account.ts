import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeAvailabilityZonesCommand,
  EC2Client,
  paginateDescribeInstanceTypeOfferings,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Account } from '#core/ports/stack.ts';
import { throwingAwsErrors } from './errors.ts';
import { describedStack } from './stacks.ts';

/** Name that `cdk bootstrap` gives its stack, and the output in which that says its version. */
const TOOLKIT_STACK = 'CDKToolkit';
const TOOLKIT_VERSION = 'BootstrapVersion';

/** Values that one filter of EC2 takes. */
const FILTER_VALUES = 200;

export function sdkAccount(region: string): Account {
  const sts = throwingAwsErrors(new STSClient({ region }));
  const ec2 = throwingAwsErrors(new EC2Client({ region }));
  const cloudFormation = throwingAwsErrors(new CloudFormationClient({ region }));
  return {
    identity: async () => {
      const { Account: account = '', Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
      return { account, arn };
    },
    bootstrapVersion: async () => {
      const found = await describedStack(() =>
        cloudFormation.send(new DescribeStacksCommand({ StackName: TOOLKIT_STACK })),
      );
      const version = Number(found?.Outputs?.find(({ OutputKey }) => OutputKey === TOOLKIT_VERSION)?.OutputValue);
      return Number.isInteger(version) ? version : undefined;
    },
    zones: async () => {
      const { AvailabilityZones = [] } = await ec2.send(
        new DescribeAvailabilityZonesCommand({
          Filters: [
            { Name: 'zone-type', Values: ['availability-zone'] },
            { Name: 'opt-in-status', Values: ['opt-in-not-required', 'opted-in'] },
          ],
        }),
      );
      return AvailabilityZones.map(({ ZoneName = '', ZoneId = '' }) => ({ name: ZoneName, id: ZoneId }));
    },
    notOffered: async (instanceTypes) => {
      const asked = [...new Set(instanceTypes)];
      const offered = new Set<string>();
      for (let from = 0; from < asked.length; from += FILTER_VALUES) {
        const Filters = [{ Name: 'instance-type', Values: asked.slice(from, from + FILTER_VALUES) }];
        const pages = paginateDescribeInstanceTypeOfferings({ client: ec2 }, { LocationType: 'region', Filters });
        for await (const { InstanceTypeOfferings = [] } of pages) {
          for (const { InstanceType } of InstanceTypeOfferings)
            if (InstanceType !== undefined) offered.add(InstanceType);
        }
      }
      return asked.filter((type) => !offered.has(type));
    },
  };
}
