import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { Clock } from '#core/ports/clock.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { systemClock } from '../clock/system-clock.ts';
import { ifFound } from '../clusters/eks-call.ts';
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

/** A cluster that is made anew under its name takes longer than that. */
const ASK_AGAIN_AFTER_MS = 5 * 60_000;

interface Known {
  askedAtMs: number;
  server: string;
  cluster: Cluster;
}

/**
 * The Kubernetes API of a cluster of EKS. Its address is kept for some minutes, and the connection as long as the
 * address stays: a function that is called every few minutes for days must not go on asking a cluster that was
 * deleted and made again.
 *
 * @throws StepBenchError Retryable while there is no such cluster that answers, ClusterFailed.
 */
export function kubernetesConnector(parts: ConnectorParts): (clusterName: string) => Promise<Cluster> {
  const { eks, credentials, region, clock = systemClock } = parts;
  const known = new Map<string, Known>();

  return async (clusterName) => {
    const before = known.get(clusterName);
    const nowMs = clock.nowMs();
    if (before !== undefined && nowMs - before.askedAtMs < ASK_AGAIN_AFTER_MS) return before.cluster;
    const { server, caData } = await addressOf(eks, clusterName);
    const isSame = before?.server === server;
    const token = renewedToken({ clusterName, region, credentials, clock });
    const cluster = isSame ? before.cluster : kubernetesCluster({ server, caData, token });
    known.set(clusterName, { askedAtMs: nowMs, server, cluster });
    return cluster;
  };
}

async function addressOf(eks: EKSClient, name: string): Promise<{ server: string; caData: string }> {
  const { cluster } = await calling({ api: `eks:DescribeCluster of ${name}`, terminal: ErrorName.ClusterFailed }, () =>
    ifFound(eks.send(new DescribeClusterCommand({ name }))),
  ).then((found) => found ?? { cluster: undefined });
  const { endpoint, certificateAuthority, status = 'not there' } = cluster ?? {};
  if (endpoint !== undefined && certificateAuthority?.data !== undefined) {
    return { server: endpoint, caData: certificateAuthority.data };
  }
  throw new StepBenchError(ErrorName.Retryable, `Cluster ${name} is ${status}: it has no address.`);
}
