import type { Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { EksState } from '../stub/eks.ts';

export const ADMIN_ROLE = 'arn:aws:iam::111122223333:role/ProvisionCluster';
const ADMIN_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';

export interface GuardedCluster {
  cluster: Cluster;
  applied: KubernetesObject[];
  /** Calls that the cluster still refuses before it knows of the access entry: first whom, then what. */
  delays: { unknown: number; forbidden: number };
  /** Calls that are refused after each association of the policy, as if there had been none before. */
  delayOfEach: number;
  /** Puts an object there that somebody else made. */
  place(object: KubernetesObject): void;
  secretNames(): string[];
  /** Thrown by an apply of this kind, or a deletion: `delete Secret`. */
  failing: { kind: string; error: Error } | undefined;
}

/** A cluster that obeys whoever EKS's access entries make its admin, somewhat late. */
export function guardedCluster(state: EksState, clusterName: string): GuardedCluster {
  const standing = new Map<string, KubernetesObject>();
  const keyOf = (kind: string, name: string) => `${kind}/${name}`;
  const guarded: GuardedCluster = {
    applied: [],
    delays: { unknown: 0, forbidden: 0 },
    failing: undefined,
    delayOfEach: 0,
    place: (object) => void standing.set(keyOf(object.kind, object.metadata.name), object),
    secretNames: () => [...standing.values()].filter(({ kind }) => kind === 'Secret').map((one) => one.metadata.name),
    cluster: {
      get: async ({ kind, name }) => {
        check();
        if (kind === 'Namespace') return { apiVersion: 'v1', kind, metadata: { name } };
        return standing.get(keyOf(kind, name));
      },
      apply: async (object) => {
        check();
        if (guarded.failing?.kind === object.kind) throw guarded.failing.error;
        guarded.applied.push(object);
        guarded.place(object);
        return object;
      },
      delete: async ({ kind, name }) => {
        check();
        if (guarded.failing?.kind === `delete ${kind}`) throw guarded.failing.error;
        return standing.delete(keyOf(kind, name));
      },
    } as Pick<Cluster, 'get' | 'apply' | 'delete'> as Cluster,
  };
  let associated = 0;
  const check = () => {
    const isAdmin = state.entries.get(`${clusterName} ${ADMIN_ROLE}`)?.policies.has(ADMIN_POLICY) === true;
    const times = state.changes.filter(({ call }) => call.endsWith('/access-policies')).length;
    if (times > associated) guarded.delays.unknown += guarded.delayOfEach;
    associated = times;
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
