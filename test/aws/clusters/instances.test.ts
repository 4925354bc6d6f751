import { EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterInstances } from '#aws/clusters/instances.ts';
import { clientOf } from '../moto/client-config.ts';
import { type StubInstance, startEc2 } from '../stub/ec2.ts';
import type { Stub } from '../stub/service.ts';

const POOL = 'sb-run1-dep1-abcde';

let serial = 0;
const instance = (parts: Partial<StubInstance> = {}): StubInstance => ({
  id: `i-${++serial}`,
  type: 'g5.xlarge',
  zone: 'us-east-1b',
  state: 'running',
  launchedAt: '2026-01-31T10:00:00.000Z',
  tags: { 'eks:eks-cluster-name': 'bench', 'eks:kubernetes-node-pool-name': POOL },
  managed: true,
  ...parts,
});

describe('instances of a cluster', () => {
  const instances: StubInstance[] = [];
  let stub: Stub;
  let client: EC2Client;
  beforeEach(async () => {
    instances.length = 0;
    stub = await startEc2({ instances, spot: [] });
    client = new EC2Client(clientOf(stub.url));
  });
  afterEach(async () => {
    client.destroy();
    await stub.close();
  });
  const ids = async (query: { cluster: string; nodePool?: string }) =>
    (await clusterInstances(client, query)).map(({ id }) => id);

  it('are told as EC2 has them, though EKS manages them', async () => {
    instances.push(instance({ id: 'i-a' }));
    expect(await clusterInstances(client, { cluster: 'bench', nodePool: POOL })).toEqual([
      {
        id: 'i-a',
        instanceType: 'g5.xlarge',
        zone: 'us-east-1b',
        state: 'running',
        nodePool: POOL,
        launchedAt: '2026-01-31T10:00:00.000Z',
      },
    ]);
  });

  it('are all told, over as many pages as EC2 makes of them', async () => {
    instances.push(...Array.from({ length: 7 }, () => instance()));
    expect(await ids({ cluster: 'bench' })).toEqual(instances.map(({ id }) => id));
    expect(stub.requests).toHaveLength(4);
  });

  it('are there while they cost, and gone when they do not', async () => {
    const states = ['pending', 'running', 'shutting-down', 'terminated', 'stopped'] as const;
    instances.push(...states.map((state) => instance({ id: state, state })));
    expect(await ids({ cluster: 'bench', nodePool: POOL })).toEqual(['pending', 'running', 'shutting-down']);
  });

  it('are those of the pool, of the cluster, and of no other', async () => {
    const tags = (cluster: string, pool: string) => ({
      'eks:eks-cluster-name': cluster,
      'eks:kubernetes-node-pool-name': pool,
    });
    instances.push(
      instance({ id: 'ours' }),
      instance({ id: 'of another pool', tags: tags('bench', 'sb-run1-load-abcde') }),
      instance({ id: 'of another cluster', tags: tags('bench-2', POOL) }),
      instance({ id: 'of no pool', tags: { Name: 'bench' } }),
    );
    expect(await ids({ cluster: 'bench', nodePool: POOL })).toEqual(['ours']);
    expect(await ids({ cluster: 'bench' })).toEqual(['ours', 'of another pool']);
  });

  it('are not taken for gone because a tag is missing, or has another name', async () => {
    const pool = { 'eks:kubernetes-node-pool-name': POOL };
    instances.push(
      instance({ id: 'no cluster', tags: pool }),
      instance({ id: 'other tag', tags: { ...pool, 'aws:eks:cluster-name': 'bench' } }),
    );
    expect(await ids({ cluster: 'bench', nodePool: POOL })).toEqual(['no cluster', 'other tag']);
  });
});
