import { isoTime } from '#core/ports/clock.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import type { Timers } from './timers.ts';

export interface Instance {
  id: string;
  cluster: string;
  nodePool: string;
  instanceType: string;
  capacityType: string;
  zone: string;
  state: 'pending' | 'running' | 'shutting-down' | 'terminated';
  launchedAtMs: number;
  /** From here on EC2 bills nothing. */
  stoppedAtMs?: number;
  terminatedAtMs?: number;
}

/** The account's instances: there whether or not a Kubernetes knows them, and remembered when they are gone. */
export class Instances {
  readonly #timers: Timers;
  readonly #instances = new Map<string, Instance>();
  /** Those that are not terminated, by NodePool: a run leaves thousands of others behind. */
  readonly #present = new Map<string, Set<Instance>>();
  readonly #listeners: ((instance: Readonly<Instance>) => void)[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Called on every change of an instance's state. */
  onChange(listener: (instance: Readonly<Instance>) => void): void {
    this.#listeners.push(listener);
  }

  launch(request: Pick<Instance, 'cluster' | 'nodePool' | 'instanceType' | 'capacityType' | 'zone'>): Instance {
    const id = `i-${(this.#instances.size + 1).toString(16).padStart(17, '0')}`;
    const instance: Instance = { ...request, id, state: 'pending', launchedAtMs: this.#timers.clock.nowMs() };
    this.#instances.set(id, instance);
    const ofPool = this.#present.get(instance.nodePool) ?? new Set();
    this.#present.set(instance.nodePool, ofPool.add(instance));
    this.#tell(instance);
    return instance;
  }

  find(id: string): Readonly<Instance> | undefined {
    return this.#instances.get(id);
  }

  started(id: string): void {
    const instance = this.#instances.get(id);
    if (instance?.state !== 'pending') return;
    instance.state = 'running';
    this.#tell(instance);
  }

  /** Ends it; it is terminated after `goneMs`. Again is harmless. */
  shutDown(id: string, goneMs: number): void {
    const instance = this.#instances.get(id);
    if (instance === undefined || instance.stoppedAtMs !== undefined) return;
    instance.state = 'shutting-down';
    instance.stoppedAtMs = this.#timers.clock.nowMs();
    this.#tell(instance);
    this.#timers.after(goneMs, () => {
      instance.state = 'terminated';
      instance.terminatedAtMs = this.#timers.clock.nowMs();
      this.#present.get(instance.nodePool)?.delete(instance);
      if (this.#present.get(instance.nodePool)?.size === 0) this.#present.delete(instance.nodePool);
      this.#tell(instance);
    });
  }

  /** Not terminated yet. */
  present({ cluster, nodePool }: { cluster?: string; nodePool?: string } = {}): ClusterInstance[] {
    const ofPools = nodePool === undefined ? [...this.#present.values()] : [this.#present.get(nodePool) ?? []];
    return ofPools
      .flatMap((ofPool) => [...ofPool])
      .filter((instance) => cluster === undefined || instance.cluster === cluster)
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .flatMap(({ id, instanceType, zone, state, launchedAtMs, nodePool: ofPool }) => {
        if (state === 'terminated') return [];
        return [
          { id, instanceType, zone, state, nodePool: ofPool, launchedAt: isoTime({ nowMs: () => launchedAtMs }) },
        ];
      });
  }

  /** Every instance there ever was, oldest first. */
  history(): Readonly<Instance>[] {
    return [...this.#instances.values()].map((instance) => ({ ...instance }));
  }

  #tell(instance: Instance): void {
    for (const listener of this.#listeners) listener(instance);
  }
}
