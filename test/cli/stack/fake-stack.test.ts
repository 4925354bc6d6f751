import { ownClustersContract } from '#test/contract/own-clusters.ts';
import { schedulesContract } from '#test/contract/schedules.ts';
import { fakeAws } from './fake-stack.ts';

/** What commands are tested with keeps the contracts that AWS keeps. */
schedulesContract('the fake account', async () => ({ schedules: fakeAws().schedules, close: async () => {} }));

ownClustersContract('the fake account', async () => {
  const aws = fakeAws();
  return {
    clusters: aws.clusters,
    place: (clusters) => {
      for (const [name, stack] of Object.entries(clusters)) aws.has.clusters.set(name, stack);
    },
    close: async () => {},
  };
});
