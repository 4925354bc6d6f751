import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { kubernetesCluster } from '#aws/kubernetes/kubernetes-cluster.ts';
import { NAMESPACE } from '#core/cluster/names.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import { type Fault, type FaultProxy, faultProxy } from './cluster/fault-proxy.ts';
import { freePorts } from './cluster/free-ports.ts';
import { connectAs } from './cluster/test-cluster.ts';
import { tracked } from './cluster/tracked.ts';

const kubernetes = inject('kubernetes');
const admin = tracked(connectAs(kubernetes, 'admin'));

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE, labels: { of: 'faults' } },
});
const NAMES = ['faults-1', 'faults-2', 'faults-3', 'faults-4', 'faults-5'];
const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'faults-1', namespace: NAMESPACE };
const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, labels: { of: 'faults' } };

let proxy: FaultProxy;
let waitedMs: number[];
let nowMs: number;
let renewed: (string | undefined)[];
let cluster: Cluster;

/** Behind the proxy, with a clock that only waiting moves. */
const connect = ({ requestMs = 10_000, server = proxy.url, caData = kubernetes.caData } = {}): Cluster =>
  kubernetesCluster(
    {
      server,
      caData,
      token: async (refused) => {
        renewed.push(refused);
        return kubernetes.tokens.admin;
      },
    },
    {
      pageSize: 2,
      patience: {
        requestMs,
        callMs: 15_000,
        nowMs: () => nowMs,
        sleep: async (ms) => {
          waitedMs.push(ms);
          nowMs += ms;
        },
      },
    },
  );

beforeAll(async () => {
  for (const name of NAMES) await admin.cluster.apply(configMap(name));
  proxy = await faultProxy(kubernetes);
});
afterAll(async () => {
  await proxy.close();
  await admin.clear();
});
beforeEach(async () => {
  waitedMs = [];
  nowMs = 0;
  renewed = [];
  cluster = connect();
  // Discovery is behind it.
  await cluster.get(ref);
  proxy.next.length = 0;
  proxy.seen.length = 0;
  renewed.length = 0;
});

const reaches = async () => expect(await cluster.get(ref)).toMatchObject({ metadata: { name: 'faults-1' } });
const times = (count: number, fault: Fault): Fault[] => Array.from({ length: count }, () => fault);

describe('trouble that passes is waited out', () => {
  test.each<Fault>([{ status: 429 }, { status: 500 }, { status: 503 }, 'reset', 'reset halfway', 'cut short'])(
    '%j, twice',
    async (fault) => {
      proxy.next.push(fault, fault);
      await reaches();
      expect(waitedMs).toEqual([250, 500]);
    },
  );

  test('an answer that does not come', async () => {
    cluster = connect({ requestMs: 300 });
    proxy.next.push('hang');
    await reaches();
    expect(waitedMs).toEqual([250]);
  });

  test('for as long as the server asks', async () => {
    proxy.next.push({ status: 429, headers: { 'retry-after': '3' } });
    await reaches();
    expect(waitedMs).toEqual([3000]);
  });

  test('but not longer than a function has: the state machine comes again', async () => {
    proxy.next.push({ status: 503, headers: { 'retry-after': '60' } });
    await expect(cluster.get(ref)).rejects.toMatchObject({ name: 'Retryable' });
    expect(waitedMs).toEqual([]);
    proxy.next.push(...times(20, 'reset'));
    await expect(cluster.list(query)).rejects.toMatchObject({ name: 'Retryable' });
    expect(nowMs).toBeLessThanOrEqual(15_000);
    expect(waitedMs.length).toBeGreaterThan(4);
    proxy.next.length = 0;
  });

  test('also what changes something, which is then done once', async () => {
    proxy.next.push('reset halfway');
    await cluster.apply(configMap('faults-1'));
    proxy.next.push({ status: 500 });
    expect(await cluster.delete({ ...ref, name: 'faults-none' })).toBe(false);
  });

  test('where nobody listens', async () => {
    const [port] = await freePorts(1);
    cluster = connect({ server: `https://127.0.0.1:${port}` });
    await expect(cluster.get(ref)).rejects.toMatchObject({ name: 'Retryable' });
  });
});

describe('a token that the server does not take', () => {
  test('is renewed once', async () => {
    proxy.next.push({ status: 401 });
    await reaches();
    expect(renewed).toEqual([undefined, kubernetes.tokens.admin]);
    await reaches();
    expect(renewed.at(-1)).toBeUndefined();
  });

  test('and when that one is not taken either, the state machine comes again, with no token in any message', async () => {
    proxy.next.push({ status: 401 }, { status: 401 });
    const error = await cluster.get(ref).catch((one: unknown) => one);
    expect(error).toMatchObject({ name: 'Retryable' });
    expect(proxy.seen).toHaveLength(2);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(kubernetes.tokens.admin);
  });
});

test('a server whose certificate another authority signed is not spoken to', async () => {
  const other = Buffer.from('-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n').toString('base64');
  cluster = connect({ caData: other });
  await expect(cluster.get(ref)).rejects.toMatchObject({ name: 'ClusterFailed' });
  expect(proxy.seen).toEqual([]);
});

describe('a list', () => {
  const names = async () => (await cluster.list(query)).map(({ metadata }) => metadata.name).sort();

  test('is read to its last page', async () => {
    expect(await names()).toEqual(NAMES);
    expect(proxy.seen.filter(({ path }) => path.includes('continue='))).toHaveLength(2);
  });

  test('is begun anew when the server has forgotten where it was, and names nothing twice', async () => {
    const expired = { kind: 'Status', reason: 'Expired', message: 'The provided continue parameter is too old' };
    proxy.next.push('pass', { status: 410, body: JSON.stringify(expired) });
    expect(await names()).toEqual(NAMES);
    expect(proxy.seen).toHaveLength(2 + 3);
  });
});

test("the log of a container is read from its node, and is empty when the node doesn't answer", async () => {
  proxy.next.push(...times(20, { status: 502 }));
  expect(await cluster.logs({ namespace: NAMESPACE, pod: 'none', container: 'main', tailLines: 5 })).toBe('');
  proxy.next.length = 0;
});
