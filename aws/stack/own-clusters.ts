import { EC2Client } from '@aws-sdk/client-ec2';
import {
  type Cluster,
  DeleteClusterCommand,
  DescribeClusterCommand,
  EKSClient,
  paginateListClusters,
  UpdateClusterConfigCommand,
} from '@aws-sdk/client-eks';
import type { OwnClusters } from '#core/ports/stack.ts';
import { STACK_TAG } from '#core/stack/environment.ts';
import { AwsError, isAwsProblem } from '#core/stack/errors.ts';
import { computeOff } from '../clusters/compute-off.ts';
import { clusterInstances } from '../clusters/instances.ts';
import { throwingAwsErrors } from './errors.ts';

export function sdkOwnClusters(region: string): OwnClusters {
  const client = throwingAwsErrors(new EKSClient({ region }));
  const ec2 = new EC2Client({ region });
  const describe = async (name: string): Promise<Cluster | undefined> => {
    try {
      return (await client.send(new DescribeClusterCommand({ name }))).cluster;
    } catch (error) {
      if (isAwsProblem(error, 'not-found')) return undefined;
      throw error;
    }
  };
  return {
    owner: async (name) => {
      const found = await describe(name);
      if (found === undefined) return undefined;
      return { stack: found.tags?.[STACK_TAG] ?? null, status: found.status ?? 'UNKNOWN' };
    },
    ofStack: async (stack) => {
      const ours: string[] = [];
      for await (const { clusters = [] } of paginateListClusters({ client }, {})) {
        for (const name of clusters) if ((await describe(name))?.tags?.[STACK_TAG] === stack) ours.push(name);
      }
      return ours;
    },
    nodes: async (name) => {
      try {
        return await clusterInstances(ec2, { cluster: name });
      } catch (error) {
        throw new AwsError('failed', error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
    endNodes: async (name) => {
      await client.send(new UpdateClusterConfigCommand(computeOff(name)));
    },
    delete: async (name) => {
      try {
        await client.send(new DeleteClusterCommand({ name }));
      } catch (error) {
        if (!isAwsProblem(error, 'not-found')) throw error;
      }
    },
  };
}
