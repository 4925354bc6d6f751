import type { Cluster } from '#core/ports/cluster.ts';
import type { ManagedCluster, ManagedClusters } from '#core/ports/managed-clusters.ts';
import type { TimerClock } from '#local/clock/timer-clock.ts';
import { Faults } from './faults.ts';
import { Images, type Launcher } from './images.ts';
import { type Instance, Instances } from './instances.ts';
import type { Secrets } from './kubelet/environment.ts';
import { AWS_LATENCIES, type Latencies, LOCAL_LATENCIES } from './latencies.ts';
import { LocalCluster } from './local-cluster.ts';
import { LocalManagedClusters } from './local-managed-clusters.ts';
import { ProcessRuntime } from './runtime/process-runtime.ts';
import { VirtualRuntime } from './runtime/virtual-runtime.ts';
import { Timers } from './timers.ts';

export interface LocalCloudOptions {
  clock: TimerClock;
  images: Readonly<Record<string, Launcher>>;
  kubelet: 'virtual' | 'process';
  /** For the pods' folders; the virtual kubelet leaves it untouched. */
  workDir: string;
  /** Over AWS's in the virtual kubelet, over short ones in the process kubelet. */
  latencies?: Partial<Latencies>;
  faults?: Faults;
  /** What Secrets of the clusters hold; nothing when left out. */
  secrets?: Secrets;
  /** In the order in which they are tried. */
  zones?: readonly string[];
  /** Clusters that stand already. */
  existing?: readonly Pick<ManagedCluster, 'name' | 'version' | 'ours'>[];
  /** Every instance's every change of state. */
  onInstance?: (instance: Readonly<Instance>) => void;
}

export interface LocalCloud {
  connect(clusterName: string): Promise<Cluster>;
  clusters: ManagedClusters;
  faults: Faults;
  /** A Service's URL as this machine reaches it. */
  localize(clusterName: string, serviceUrl: string): string;
  /** Every instance there ever was, with its times. */
  instanceHistory(): Readonly<Instance>[];
  /** Ends every process and every timer. @throws when a process is left. */
  close(): Promise<void>;
}

/** An account of a cloud on this machine: clusters, their nodes, and what runs on them. */
export function createLocalCloud(options: LocalCloudOptions): LocalCloud {
  const { clock, kubelet, workDir, zones = ['us-east-1a', 'us-east-1b'], secrets = () => undefined } = options;
  const latencies = { ...(kubelet === 'virtual' ? AWS_LATENCIES : LOCAL_LATENCIES), ...options.latencies };
  const faults = options.faults ?? new Faults(clock);
  const images = new Images(options.images);
  const timers = new Timers(clock);
  const instances = new Instances(timers);
  if (options.onInstance !== undefined) instances.onChange(options.onInstance);
  const runtime = (ofCluster: Timers) =>
    kubelet === 'virtual' ? new VirtualRuntime(ofCluster) : new ProcessRuntime(ofCluster, latencies.probePeriodMs);
  const clusters = new LocalManagedClusters({
    timers,
    latencies,
    faults,
    instances,
    make: (cluster) =>
      new LocalCluster({ cluster, clock, images, secrets, workDir, runtime, latencies, faults, instances, zones }),
  });
  for (const cluster of options.existing ?? []) clusters.add({ ...cluster, status: 'ACTIVE' });
  return {
    connect: async (name) => clusters.connect(name).api,
    clusters,
    faults,
    localize: (name, url) => clusters.connect(name).endpoints.localize(url),
    instanceHistory: () => instances.history(),
    close: async () => {
      timers.close();
      await clusters.close();
    },
  };
}
