import { afterEach, describe, expect, it, vi } from 'vitest';
import { sdkOwnClusters } from '#aws/stack/own-clusters.ts';
import { STACK_TAG } from '#core/stack/environment.ts';
import { ownClustersContract } from '#test/contract/own-clusters.ts';
import { startEc2 } from '../stub/ec2.ts';
import { startEks } from '../stub/eks.ts';
import { pointedAt } from './pointed-at.ts';

afterEach(() => vi.unstubAllEnvs());

async function openClusters() {
  const stub = await startEks();
  pointedAt({ EKS: stub.url });
  return {
    stub,
    clusters: sdkOwnClusters('us-east-1'),
    place: (clusters: Record<string, string | null>) => {
      for (const [name, stack] of Object.entries(clusters)) {
        stub.state.clusters.set(name, { name, status: 'ACTIVE', tags: stack === null ? {} : { [STACK_TAG]: stack } });
      }
    },
    close: () => stub.close(),
  };
}

ownClustersContract('EKS', openClusters);

describe('clusters of EKS', () => {
  it('are listed over all pages, and one that goes meanwhile is passed over', async () => {
    const { stub, clusters, place, close } = await openClusters();
    place(Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`c${n}`, 'bench'])));
    // The last one of each page is gone before it is looked at.
    const { get } = stub.state.clusters;
    stub.state.clusters.get = (name) => (name === 'c3' ? undefined : get.call(stub.state.clusters, name));
    expect(await clusters.ofStack('bench')).toEqual(['c0', 'c1', 'c2', 'c4', 'c5', 'c6']);
    expect(stub.requests.filter(({ path }) => path === '/clusters')).toHaveLength(4);
    await close();
  });

  it('that cannot be deleted yet say why', async () => {
    const { stub, clusters, place, close } = await openClusters();
    place({ young: 'bench' });
    Object.assign(stub.state.clusters.get('young')!, { status: 'CREATING' });
    await expect(clusters.delete('young')).rejects.toMatchObject({
      name: 'AwsError',
      problem: 'busy',
      message: expect.stringContaining('being created'),
    });
    await close();
  });

  it('have the nodes that EC2 has of them, though they are gone themselves', async () => {
    const tags = (cluster: string) => ({
      'eks:eks-cluster-name': cluster,
      'eks:kubernetes-node-pool-name': 'sb-run1-dep1-abcde',
    });
    const node = {
      type: 'g5.xlarge',
      zone: 'us-east-1b',
      state: 'running' as const,
      launchedAt: '2026-01-31T10:00:00.000Z',
      managed: true,
    };
    const ec2 = await startEc2({
      instances: ['bench', 'other', 'bench'].map((of, n) => ({ ...node, id: `i-${n}`, tags: tags(of) })),
      spot: [],
    });
    pointedAt({ EC2: ec2.url });
    const { nodes } = sdkOwnClusters('us-east-1');
    expect((await nodes('bench')).map(({ id }) => id)).toEqual(['i-0', 'i-2']);
    await ec2.close();
    await expect(nodes('bench')).rejects.toMatchObject({ name: 'AwsError' });
  });

  it('are told to end all their nodes', async () => {
    const { stub, clusters, place, close } = await openClusters();
    place({ left: 'bench' });
    await clusters.endNodes('left');
    expect(stub.state.clusters.get('left')).toMatchObject({ computeConfig: { enabled: false }, status: 'UPDATING' });
    await expect(clusters.endNodes('left')).rejects.toMatchObject({ problem: 'busy' });
    await close();
  });
});
