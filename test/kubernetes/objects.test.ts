import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { NAMESPACE } from '#core/cluster/names.ts';
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

describe('what is being deleted', () => {
  const { cluster, clear } = tracked(connectAs(inject('kubernetes'), 'admin'));
  const held = (finalizers: string[]) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'held', namespace: NAMESPACE, finalizers },
  });

  test('is not applied: it would go all the same', async () => {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'held', namespace: NAMESPACE };
    await cluster.apply(held(['test.stepbench.dev/hold']));
    expect(await cluster.delete(ref)).toBe(true);
    expect((await cluster.get(ref))?.metadata.deletionTimestamp).toBeDefined();
    await expect(cluster.apply(held(['test.stepbench.dev/hold']))).rejects.toMatchObject({ name: 'Conflict' });
    await cluster.apply(held([])).catch(() => {});
    await clear();
  });
});

test('what somebody else has changed in an object of ours is as we planned it, once it is applied again', async () => {
  const { server, caData, tokens } = inject('kubernetes');
  const { cluster, clear } = tracked(connectAs(inject('kubernetes'), 'admin'));
  const ours = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ours', namespace: NAMESPACE },
    data: { a: '1' },
  };
  await cluster.apply(ours);
  await byHand({ server, caData, token: tokens.admin }, '/api/v1/namespaces/stepbench/configmaps/ours', {
    data: { a: '2' },
  });
  expect(await cluster.get({ ...ours, name: 'ours', namespace: NAMESPACE })).toMatchObject({ data: { a: '2' } });
  await cluster.apply(ours);
  expect(await cluster.get({ ...ours, name: 'ours', namespace: NAMESPACE })).toMatchObject({ data: { a: '1' } });
  await clear();
});

/** As `kubectl edit` does it: another field manager. */
function byHand(
  { server, caData, token }: { server: string; caData: string; token: string },
  path: string,
  patch: object,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' };
    const options = { method: 'PATCH', headers, ca: Buffer.from(caData, 'base64') };
    const asking = request(`${server}${path}?fieldManager=kubectl-edit`, options, (answer) => {
      answer
        .resume()
        .on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${answer.statusCode}`))));
    });
    asking.on('error', reject).end(JSON.stringify(patch));
  });
}
