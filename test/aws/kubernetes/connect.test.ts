import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { EKSClient } from '@aws-sdk/client-eks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubernetesConnector } from '#aws/kubernetes/connect.ts';
import { clientOf } from '../moto/client-config.ts';
import { startEks } from '../stub/eks.ts';

const MINUTE = 60_000;
const tls = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/tls', name), 'utf8');
const kubeSystem = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' };

/** Of a Kubernetes API, what it takes to find a Namespace; remembers how it was asked. */
async function startApiServer(asked: string[]): Promise<{ server: Server; url: string }> {
  const server = createServer({ key: tls('server-key.pem'), cert: tls('server.pem') }, ({ url, headers }, response) => {
    asked.push(headers.authorization ?? '');
    const answer = url?.startsWith('/api/v1/namespaces')
      ? { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'u' } }
      : {
          kind: 'APIResourceList',
          groupVersion: 'v1',
          resources: [{ name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: ['get'] }],
        };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('a connection to a cluster of EKS', () => {
  let stub: Awaited<ReturnType<typeof startEks>>;
  let nowMs: number;
  let connect: ReturnType<typeof kubernetesConnector>;
  const servers: Server[] = [];
  beforeEach(async () => {
    stub = await startEks();
    nowMs = Date.parse('2026-01-31T10:00:00Z');
    const eks = new EKSClient(clientOf(stub.url));
    const { credentials, region } = clientOf(stub.url);
    connect = kubernetesConnector({ eks, credentials, region, clock: { nowMs: () => nowMs } });
  });
  afterEach(async () => {
    await stub.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function standing(asked: string[], name = 'bench') {
    const { server, url } = await startApiServer(asked);
    servers.push(server);
    const certificateAuthority = { data: Buffer.from(tls('ca.pem')).toString('base64') };
    stub.state.clusters.set(name, { name, status: 'ACTIVE', tags: {}, endpoint: url, certificateAuthority });
  }

  it('carries a token of EKS, made for that cluster', async () => {
    const asked: string[] = [];
    await standing(asked);
    const cluster = await connect('bench');
    expect(await cluster.get(kubeSystem)).toMatchObject({ metadata: { name: 'kube-system' } });
    expect(new Set(asked).size).toBe(1);
    const token = asked[0]?.replace('Bearer k8s-aws-v1.', '') ?? '';
    expect(Buffer.from(token, 'base64url').toString()).toMatch(/^https:\/\/sts\.us-east-1\.amazonaws\.com\/\?Action=/);
  });

  it('waits for a cluster that has no address yet, or is not there', async () => {
    stub.state.clusters.set('bench', { name: 'bench', status: 'CREATING', tags: {} });
    await expect(connect('bench')).rejects.toMatchObject({ name: 'Retryable' });
    await expect(connect('nobody')).rejects.toMatchObject({ name: 'Retryable' });
    await standing([]);
    await connect('bench');
  });

  it('is kept while the address is, and looked up again every few minutes', async () => {
    await standing([]);
    const first = await connect('bench');
    nowMs += 4 * MINUTE;
    expect(await connect('bench')).toBe(first);
    expect(stub.requests).toHaveLength(1);
    nowMs += 2 * MINUTE;
    expect(await connect('bench')).toBe(first);
    expect(stub.requests).toHaveLength(2);
  });

  it('leads to the new cluster when one was made anew under the name', async () => {
    const [old, young]: [string[], string[]] = [[], []];
    await standing(old);
    await (await connect('bench')).get(kubeSystem);
    const askedOfOld = old.length;
    await standing(young);
    nowMs += 6 * MINUTE;
    await (await connect('bench')).get(kubeSystem);
    expect(old).toHaveLength(askedOfOld);
    expect(young.length).toBeGreaterThan(0);
  });
});
