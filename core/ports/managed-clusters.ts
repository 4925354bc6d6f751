export type ManagedClusterStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | 'FAILED';

export interface ManagedCluster {
  name: string;
  status: ManagedClusterStatus;
  /** Kubernetes minor version, as `1.36`. */
  version: string;
  /** Carries our tag: only such a cluster is ever deleted or switched off. */
  ours: boolean;
  /** Somebody else made it, and the stack is not told to work in it: nothing may be done there. */
  offLimits?: true;
  /** Why it is FAILED, in AWS's words. */
  reason?: string;
}

export interface ClusterInstance {
  id: string;
  instanceType: string;
  zone: string;
  state: 'pending' | 'running' | 'shutting-down';
  nodePool: string;
  /** ISO time. */
  launchedAt: string;
}

/** The EKS control plane and the instances behind a cluster. */
export interface ManagedClusters {
  describe(name: string): Promise<ManagedCluster | undefined>;
  /** Starts the creation and returns; asking twice is harmless. */
  create(request: { name: string; version: string }): Promise<void>;
  /** Access entries, in-cluster roles, namespace: converges, and may be called again. */
  ensureAccess(name: string): Promise<void>;
  /**
   * Takes away the rights of an admin that a call of `ensureAccess` left which was killed. Those that a call may still be
   * at work with stay.
   * @returns whether there were any.
   */
  endLeftAdmin(name: string): Promise<boolean>;
  /** Starts the deletion; nothing to delete is no error. */
  delete(name: string): Promise<void>;
  /** Turns Auto Mode's compute off: ends every instance of the cluster without Kubernetes access. */
  disableCompute(name: string): Promise<void>;
  /** Instances that are not terminated, whether or not Kubernetes still knows them. */
  instances(query: { cluster: string; nodePool?: string }): Promise<ClusterInstance[]>;
}
