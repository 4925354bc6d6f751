import type { Clock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import type { Executions } from './executions.ts';
import type { ManagedClusters } from './managed-clusters.ts';
import type { Notifier } from './notifier.ts';
import type { ObjectStore } from './object-store.ts';
import type { Prices, Quotas } from './prices.ts';
import type { Sql } from './sql.ts';

/** Everything a task may reach. A task's factory takes a `Pick<>` of it. */
export interface Ports {
  clock: Clock;
  /** The Kubernetes API of the named cluster. */
  connect: (clusterName: string) => Promise<Cluster>;
  clusters: ManagedClusters;
  store: ObjectStore;
  prices: Prices;
  quotas: Quotas;
  sql: Sql;
  notifier: Notifier;
  executions: Executions;
}
