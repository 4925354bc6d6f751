import type { AnyObject, Cluster, ClusterEvent, KubernetesObject, ObjectRef } from '#core/ports/cluster.ts';
import type { ClusterInstance, ManagedCluster, ManagedClusters } from '#core/ports/managed-clusters.ts';
import { ConflictError } from '#core/workflow/errors.ts';
import type { StandingClock } from './clock.ts';

const idOf = ({ kind, namespace, name }: Omit<ObjectRef, 'apiVersion'>): string => `${kind}/${namespace ?? ''}/${name}`;

/** Objects in a map. Deleting takes them away at once, or marks them where `lingering` names their kind. */
export class FakeCluster implements Cluster {
  readonly objects = new Map<string, AnyObject>();
  readonly calls: string[] = [];
  readonly logTexts = new Map<string, string>();
  eventList: ClusterEvent[] = [];
  readonly lingering = new Set<string>();
  /** Throws for a call that should fail: `delete Job/stepbench/x`. */
  fault: (call: string) => void = () => {};
  readonly #clock: StandingClock;

  constructor(clock: StandingClock) {
    this.#clock = clock;
  }

  /** Puts an object there, as somebody else made it. */
  place(object: KubernetesObject & Partial<AnyObject>): void {
    const metadata = { creationTimestamp: this.#clock.iso, ...object.metadata };
    this.objects.set(idOf({ kind: object.kind, ...metadata }), { ...object, metadata });
  }

  names(kind: string): string[] {
    return [...this.objects.values()].filter((one) => one.kind === kind).map((one) => one.metadata.name);
  }

  async apply<T extends KubernetesObject>(object: T): Promise<T> {
    const id = idOf({ kind: object.kind, ...object.metadata });
    this.#call('apply', id);
    const found = this.objects.get(id);
    if (found !== undefined && JSON.stringify((object as AnyObject).spec) !== JSON.stringify(found.spec)) {
      throw new ConflictError(`${id} would change`);
    }
    if (found === undefined) this.place(object);
    return object;
  }

  async get(ref: ObjectRef): Promise<AnyObject | undefined> {
    this.#call('get', idOf(ref));
    return this.objects.get(idOf(ref));
  }

  async list(query: { kind: string; namespace?: string; labels?: Record<string, string> }): Promise<AnyObject[]> {
    this.#call('list', query.kind);
    const selected = Object.entries(query.labels ?? {});
    return [...this.objects.values()].filter(
      ({ kind, metadata }) =>
        kind === query.kind && selected.every(([label, value]) => metadata.labels?.[label] === value),
    );
  }

  async delete(ref: ObjectRef): Promise<boolean> {
    this.#call('delete', idOf(ref));
    const found = this.objects.get(idOf(ref));
    if (found === undefined) return false;
    if (!this.lingering.has(ref.kind)) return this.objects.delete(idOf(ref));
    this.place({ ...found, metadata: { ...found.metadata, deletionTimestamp: this.#clock.iso } });
    return true;
  }

  async events(): Promise<ClusterEvent[]> {
    return this.eventList;
  }

  async logs({ pod, container }: { pod: string; container: string }): Promise<string> {
    return this.logTexts.get(`${pod}/${container}`) ?? '';
  }

  #call(verb: string, what: string): void {
    this.calls.push(`${verb} ${what}`);
    this.fault(`${verb} ${what}`);
  }
}

/** One managed cluster and its instances. */
export class FakeClusters implements ManagedClusters {
  cluster: ManagedCluster | undefined = { name: 'bench', status: 'ACTIVE', version: '1.36', ours: true };
  instanceList: ClusterInstance[] = [];
  readonly deleted: string[] = [];

  async describe(): Promise<ManagedCluster | undefined> {
    return this.cluster;
  }
  async create(): Promise<void> {}
  async ensureAccess(): Promise<void> {}
  async disableCompute(): Promise<void> {}
  async endLeftAdmin(): Promise<boolean> {
    return false;
  }
  async delete(name: string): Promise<void> {
    this.deleted.push(name);
    if (this.cluster !== undefined) this.cluster = { ...this.cluster, status: 'DELETING' };
  }
  async instances({ nodePool }: { nodePool?: string }): Promise<ClusterInstance[]> {
    return this.instanceList.filter((one) => nodePool === undefined || one.nodePool === nodePool);
  }
}

export const instance = (nodePool: string, launchedAt: string, changes: Partial<ClusterInstance> = {}) => ({
  id: `i-${nodePool}`,
  instanceType: 'g5.8xlarge',
  zone: 'us-east-1b',
  state: 'running' as const,
  nodePool,
  launchedAt,
  ...changes,
});
