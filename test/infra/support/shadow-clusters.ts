import { eksClusters } from '#aws/clusters/eks-clusters.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ManagedClusters } from '#core/ports/managed-clusters.ts';
import type { ClusterSettings } from '#core/stack/environment.ts';
import type { Authorization } from './allowed.ts';
import { eksAuthorizations } from './eks-authorizations.ts';

export interface Shadow {
  /** Tags of the cluster; `null` where it is not there. */
  tags: Record<string, string> | null;
  /** Whether entries and associations are there already, and are not as they should be. */
  standing: boolean;
}

const refusal = (name: string) => Object.assign(new Error(name), { name });

/** The real adapter over clients that call nobody, and what IAM would be asked for each of its calls. */
export function shadowClusters(
  settings: ClusterSettings,
  { tags, standing }: Shadow,
  ask: (asked: Authorization) => void,
): ManagedClusters {
  const answers: Record<string, (input: { name?: string }) => unknown> = {
    DescribeClusterCommand: ({ name }) => {
      if (tags === null) throw refusal('ResourceNotFoundException');
      return { cluster: { name, status: 'ACTIVE', version: '1.36', tags, computeConfig: { enabled: true } } };
    },
    DescribeAccessEntryCommand: () => ({ accessEntry: { kubernetesGroups: ['another'] } }),
    ListPodIdentityAssociationsCommand: () => ({ associations: [{ associationId: 'a-1' }] }),
    DescribePodIdentityAssociationCommand: () => ({
      association: { associationId: 'a-1', roleArn: 'another', tags: tags ?? {} },
    }),
  };
  const eks = {
    send: async (command: { constructor: { name: string }; input: object }) => {
      const { name } = command.constructor;
      for (const asked of eksAuthorizations(name, command.input, tags ?? {})) ask(asked);
      if (standing && name.startsWith('Create')) throw refusal('ResourceInUseException');
      return answers[name]?.(command.input) ?? {};
    },
  };
  const ec2 = {
    send: async () => {
      ask({ action: 'ec2:DescribeInstances', resource: '*' });
      return {};
    },
  };
  const secrets = {
    send: async ({ input }: { input: { SecretId: string } }) => {
      ask({ action: 'secretsmanager:GetSecretValue', resource: input.SecretId });
      return { SecretString: '{}' };
    },
  };
  const cluster = {
    get: async () => undefined,
    apply: async (object: unknown) => object,
    delete: async () => false,
  } as unknown as Cluster;
  const logs = {
    keep: async (name: string) => {
      const resource = `arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${name}`;
      // IAM is asked about the group with or without its streams.
      for (const action of ['logs:CreateLogGroup', 'logs:PutRetentionPolicy']) {
        for (const end of ['', ':log-stream:', ':*']) ask({ action, resource: `${resource}${end}` });
      }
    },
  };
  return eksClusters({ eks, ec2, secrets, logs } as never, settings, async () => cluster);
}
