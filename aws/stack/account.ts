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
      const offered = new Set((await offerings(ec2, 'region', instanceTypes)).map(({ type }) => type));
      return [...new Set(instanceTypes)].filter((type) => !offered.has(type));
    },
    offeredIn: async (instanceTypes) => {
      const byZone = new Map<string, Set<string>>();
      for (const { type, location } of await offerings(ec2, 'availability-zone', instanceTypes)) {
        byZone.set(location, (byZone.get(location) ?? new Set()).add(type));
      }
      return byZone;
    },
  };
}

async function offerings(
  client: EC2Client,
  locationType: 'region' | 'availability-zone',
  instanceTypes: readonly string[],
): Promise<{ type: string; location: string }[]> {
  const asked = [...new Set(instanceTypes)];
  const found: { type: string; location: string }[] = [];
  for (let from = 0; from < asked.length; from += FILTER_VALUES) {
    const Filters = [{ Name: 'instance-type', Values: asked.slice(from, from + FILTER_VALUES) }];
    const pages = paginateDescribeInstanceTypeOfferings({ client }, { LocationType: locationType, Filters });
    for await (const { InstanceTypeOfferings = [] } of pages) {
      for (const { InstanceType: type, Location: location = '' } of InstanceTypeOfferings)
        if (type !== undefined) found.push({ type, location });
    }
  }
  return found;
}
