import type { Ports } from '#core/ports/ports.ts';
import type { Purchase } from '#core/results/account.ts';
import { isGone } from '#lambdas/cluster/gone.ts';
import type { AskGone } from '#lambdas/store/spending.ts';

/**
 * Of pools that an execution left when it died: those with no node and none to come. In AWS nobody asks: the guards
 * release what a dead execution left, and the lease says so.
 */
export const goneFrom =
  ({ connect, clusters }: Pick<Ports, 'connect' | 'clusters'>): AskGone =>
  async (purchases, clusterName) => {
    const found = await clusters.describe(clusterName);
    const answers = found?.status === 'ACTIVE' || found?.status === 'UPDATING';
    const cluster = answers ? await connect(clusterName) : undefined;
    const gone = new Set<Purchase>();
    for (const purchase of purchases) {
      const { nodePool } = purchase;
      const left =
        cluster === undefined
          ? (await clusters.instances({ cluster: clusterName, nodePool })).length > 0
          : !(await isGone(cluster, clusters, clusterName, nodePool));
      if (!left) gone.add(purchase);
    }
    return gone;
  };

/** For who has no such cluster at hand: no node of a local run outlives its process. */
export const goneWithTheirProcess: AskGone = async (purchases) => new Set(purchases);
