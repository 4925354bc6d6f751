import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import { clusterContract } from '#test/contract/cluster.ts';
import { connectAs } from './cluster/test-cluster.ts';
import { tracked } from './cluster/tracked.ts';
import { until } from './cluster/until.ts';

/** What a controller does after the one thing that a test waits for, such as counting the pod that it made. */
const SETTLED_MS = 500;

clusterContract('kube-apiserver', async () => {
  // Pages of three: every list of more is read in several.
  const { cluster, clear } = tracked(connectAs(inject('kubernetes'), 'admin', { pageSize: 3 }));
  return {
    cluster,
    nowMs: () => Date.now(),
    until: async (check) => {
      await until(check);
      await delay(SETTLED_MS);
    },
    close: clear,
  };
});
