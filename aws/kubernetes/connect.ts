import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { Clock } from '#core/ports/clock.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { systemClock } from '../clock/system-clock.ts';
import { calling } from '../errors/aws-error.ts';
import { kubernetesCluster } from './kubernetes-cluster.ts';
import { type Credentials, renewedToken } from './token.ts';

interface ConnectorParts {
  eks: EKSClient;
  /** Whose access entry counts: those of the function's role. */
  credentials: Credentials;
  region: string;
  clock?: Clock;
}

/**
 * The Kubernetes API of a cluster of EKS. Where it is and by whom it is signed is asked for once in the life of the
 * process; a cluster made anew under its name has another address, so that one is not kept longer than it answers.
 *
 * @throws StepBenchError Retryable while there is no such cluster that answers, ClusterFailed.
 */
export function kubernetesConnector(parts: ConnectorParts): (clusterName: string) => Promise<Cluster> {
  const { eks, credentials, region, clock = systemClock } = parts;
  const known = new Map<string, Promise<Cluster>>();

  async function connect(clusterName: string): Promise<Cluster> {
    const { cluster } = await calling(
      { api: `eks:DescribeCluster of ${clusterName}`, terminal: ErrorName.ClusterFailed },
      () => eks.send(new DescribeClusterCommand({ name: clusterName })),
    );
    const { endpoint, certificateAuthority, status } = cluster ?? {};
    if (endpoint === undefined || certificateAuthority?.data === undefined) {
      throw new StepBenchError(ErrorName.Retryable, `Cluster ${clusterName} is ${status}: it has no address yet.`);
    }
    return kubernetesCluster({
      server: endpoint,
      caData: certificateAuthority.data,
      token: renewedToken({ clusterName, region, credentials, clock }),
    });
  }

  return (clusterName) => {
    const asked = known.get(clusterName) ?? connect(clusterName);
    known.set(clusterName, asked);
    asked.catch(() => known.delete(clusterName));
    return asked;
  };
}
