import type { ClusterInstance, ManagedCluster, ManagedClusters } from '#core/ports/managed-clusters.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { Faults } from './faults.ts';
import type { Instances } from './instances.ts';
import type { Latencies } from './latencies.ts';
import type { LocalCluster } from './local-cluster.ts';
import type { Timers } from './timers.ts';

interface Entry {
  description: ManagedCluster;
  cluster: LocalCluster;
}

/** The account's clusters. */
export class LocalManagedClusters implements ManagedClusters {
  readonly #timers: Timers;
  readonly #latencies: Latencies;
  readonly #faults: Faults;
  readonly #instances: Instances;
  readonly #make: (name: string) => LocalCluster;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: {
    timers: Timers;
    latencies: Latencies;
    faults: Faults;
    instances: Instances;
    make: (name: string) => LocalCluster;
  }) {
    this.#timers = parts.timers;
    this.#latencies = parts.latencies;
    this.#faults = parts.faults;
    this.#instances = parts.instances;
    this.#make = parts.make;
  }

  /** A cluster that stands already. */
  add(description: ManagedCluster): void {
    this.#entries.set(description.name, { description: { ...description }, cluster: this.#make(description.name) });
  }

  /** @throws StepBenchError Retryable while there is no such cluster that answers. */
  connect(name: string): LocalCluster {
    const entry = this.#entries.get(name);
    if (entry?.description.status === 'ACTIVE') return entry.cluster;
    throw new StepBenchError(ErrorName.Retryable, `cluster "${name}" is ${entry?.description.status ?? 'not there'}`);
  }

  async describe(name: string): Promise<ManagedCluster | undefined> {
    const entry = this.#entries.get(name);
    return entry && { ...entry.description };
  }

  async create({ name, version }: { name: string; version: string }): Promise<void> {
    if (this.#entries.has(name)) return;
    const { clusterCreateMs } = this.#latencies;
    this.add({ name, version, ours: true, status: clusterCreateMs > 0 ? 'CREATING' : 'ACTIVE' });
    const { description } = this.#entries.get(name)!;
    const fault = this.#faults.take('cluster-create', { cluster: name });
    const settle = () => {
      if (description.status === 'DELETING') return;
      description.status = fault === undefined ? 'ACTIVE' : 'FAILED';
      if (fault !== undefined) description.reason = fault.reason;
    };
    if (clusterCreateMs > 0) this.#timers.after(clusterCreateMs, settle);
    else settle();
  }

  async ensureAccess(name: string): Promise<void> {
    this.connect(name).ensureAccess();
  }

  async delete(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.description.status === 'DELETING') return;
    this.#ours(entry);
    entry.description.status = 'DELETING';
    entry.cluster.disableCompute();
    const gone = async () => {
      this.#entries.delete(name);
      await entry.cluster.close();
    };
    if (this.#latencies.clusterDeleteMs > 0) {
      this.#timers.after(this.#latencies.clusterDeleteMs, () => void this.#timers.clock.busy(gone));
    } else await gone();
  }

  /** Nobody is admin here for having been let in. */
  async endLeftAdmin(): Promise<boolean> {
    return false;
  }

  async disableCompute(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#ours(entry);
    entry.cluster.disableCompute();
  }

  async instances({ cluster, nodePool }: { cluster: string; nodePool?: string }): Promise<ClusterInstance[]> {
    return this.#instances.present({ cluster, ...(nodePool === undefined ? {} : { nodePool }) });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ cluster }) => cluster.close()));
  }

  #ours({ description: { name, ours } }: Entry): void {
    if (ours) return;
    throw new StepBenchError(ErrorName.ClusterFailed, `cluster "${name}" is not ours: it is left alone.`);
  }
}
