import type { AnyObject, Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { EksState } from '../stub/eks.ts';

export const ADMIN_ROLE = 'arn:aws:iam::111122223333:role/ProvisionCluster';
const ADMIN_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';

export interface GuardedCluster {
  cluster: Cluster;
  applied: KubernetesObject[];
  /** Calls that the cluster still refuses before it knows of the access entry: first whom, then what. */
  delays: { unknown: number; forbidden: number };
  /** Thrown once by an apply of this kind. */
  failing: { kind: string; error: Error } | undefined;
}

/** A cluster that obeys whoever EKS's access entries make its admin, somewhat late. */
export function guardedCluster(state: EksState, clusterName: string): GuardedCluster {
  const guarded: GuardedCluster = {
    applied: [],
    delays: { unknown: 0, forbidden: 0 },
    failing: undefined,
    cluster: {
      get: async () => {
        check();
        return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } } as AnyObject;
      },
      apply: async (object) => {
        check();
        if (guarded.failing?.kind === object.kind) throw guarded.failing.error;
        guarded.applied.push(object);
        return object;
      },
    } as Pick<Cluster, 'get' | 'apply'> as Cluster,
  };
  const check = () => {
    const isAdmin = state.entries.get(`${clusterName} ${ADMIN_ROLE}`)?.policies.has(ADMIN_POLICY) === true;
    if (!isAdmin || guarded.delays.unknown > 0) {
      guarded.delays.unknown -= 1;
      throw new StepBenchError(ErrorName.Retryable, 'Unauthorized', { cause: new Error('401 Unauthorized') });
    }
    if (guarded.delays.forbidden > 0) {
      guarded.delays.forbidden -= 1;
      throw new StepBenchError(ErrorName.ClusterFailed, 'Forbidden', { cause: new Error('403 Forbidden') });
    }
  };
  return guarded;
}
