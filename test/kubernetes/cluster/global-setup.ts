import type { TestProject } from 'vitest/node';
import { peerBinary } from './build-peer.ts';
import { startCluster } from './start-cluster.ts';
import type { TestCluster } from './test-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kubernetes: TestCluster;
  }
}

/** One cluster for all tests of the tier: each works on objects of its own names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { cluster, stop } = await startCluster(await peerBinary((message) => console.log(message)));
  project.provide('kubernetes', cluster);
  return stop;
}
