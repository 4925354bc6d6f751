import type { Ports } from '#core/ports/ports.ts';
import type { Purchase } from '#core/results/account.ts';
import type { AskGone } from '../store/spending.ts';
import { isGone } from './gone.ts';

/**
 * Of pools that an execution left when it died: those with no node and none to come. What cannot be asked is not
 * gone: a cluster that does not answer, or does not let this function in yet, must not keep a run from being planned
 * with all that its nodes can have cost.
 */
export const goneFrom =
  ({ connect, clusters }: Pick<Ports, 'connect' | 'clusters'>): AskGone =>
  async (purchases, clusterName) => {
    const gone = new Set<Purchase>();
    try {
      const found = await clusters.describe(clusterName);
      const answers = found?.status === 'ACTIVE' || found?.status === 'UPDATING';
      const cluster = answers ? await connect(clusterName) : undefined;
      for (const purchase of purchases) {
        const { nodePool } = purchase;
        const left =
          cluster === undefined
            ? (await clusters.instances({ cluster: clusterName, nodePool })).length > 0
            : !(await isGone(cluster, clusters, clusterName, nodePool));
        if (!left) gone.add(purchase);
      }
    } catch {
      // The first one ends it: each would take as long to fail, and the function has two minutes.
    }
    return gone;
  };
