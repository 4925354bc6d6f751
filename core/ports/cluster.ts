/**
 * The Kubernetes API as the tasks need it: objects in, objects out. The contract suite in
 * test/contract/cluster.ts runs over every implementation.
 */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  uid?: string;
  generation?: number;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string }[];
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** An object whose spec and status the caller reads: narrow them where they are used. */
export interface AnyObject extends KubernetesObject {
  // biome-ignore lint/suspicious/noExplicitAny: the schema of a foreign kind is the reader's to narrow
  spec?: any;
  // biome-ignore lint/suspicious/noExplicitAny: the schema of a foreign kind is the reader's to narrow
  status?: any;
}

export interface ObjectRef {
  apiVersion: string;
  kind: string;
  name: string;
  /** Left out for cluster-scoped kinds (NodePool, NodeClaim, Node, Namespace). */
  namespace?: string;
}

export interface ListQuery {
  apiVersion: string;
  kind: string;
  namespace?: string;
  /** Equality selectors, all of which must hold. */
  labels?: Record<string, string>;
}

export interface ClusterEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  regarding: { kind: string; name: string; namespace?: string };
  /** ISO time of the last occurrence. */
  lastSeenAt: string;
  count: number;
}

export interface EventQuery {
  /** Kind of the object that the events are about: Pod, NodeClaim, Job. */
  kind: string;
  /** Exact name, or the beginning of it: NodeClaims are deleted and made again under new names. */
  name?: string;
  namePrefix?: string;
  namespace?: string;
}

export interface LogQuery {
  namespace: string;
  pod: string;
  container: string;
  tailLines: number;
}

export interface Cluster {
  /**
   * Creates the object or converges it to this one (server-side apply).
   * @throws ConflictError when it would change an immutable field, or while the old object is being deleted.
   */
  apply<T extends KubernetesObject>(object: T): Promise<T>;
  get(ref: ObjectRef): Promise<AnyObject | undefined>;
  list(query: ListQuery): Promise<AnyObject[]>;
  /** Background deletion: returns at once, dependants follow. False when there was nothing to delete. */
  delete(ref: ObjectRef): Promise<boolean>;
  events(query: EventQuery): Promise<ClusterEvent[]>;
  /** The end of a container's log; empty when the pod or its log is not there (any more). */
  logs(query: LogQuery): Promise<string>;
}
