import { expect, it } from 'vitest';
import { WaitingPods } from '#local/cluster/controllers/waiting-pods.ts';
import type { Pod } from '#local/cluster/objects/shapes.ts';

const pod = (name: string, nodeSelector?: Record<string, string>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [], ...(nodeSelector && { nodeSelector }) },
  status: { phase: 'Pending', conditions: [] },
});
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

it('pods that may go to a node wait in the order in which they came, whatever each selects', () => {
  const waiting = new WaitingPods();
  for (const one of [pod('1', { zone: 'b' }), pod('2'), pod('3', { pool: 'a' }), pod('4'), pod('5', { pool: 'c' })]) {
    waiting.put(one);
  }
  expect(names(waiting.selecting({ pool: 'a', zone: 'b' }))).toEqual(['1', '2', '3', '4']);
});

it('a pod that changes while it waits keeps its turn', () => {
  const waiting = new WaitingPods();
  for (const one of [pod('1', { pool: 'a' }), pod('2'), pod('1', { pool: 'a' })]) waiting.put(one);
  expect(names(waiting.selecting({ pool: 'a' }))).toEqual(['1', '2']);
});

it('a pod waits no more once it has gone, and goes once', () => {
  const waiting = new WaitingPods();
  waiting.put(pod('1', { pool: 'a' }));
  waiting.put(pod('2', { pool: 'a' }));
  expect(waiting.delete('/1')).toBe(true);
  expect(waiting.delete('/1')).toBe(false);
  expect(names(waiting.selecting({ pool: 'a' }))).toEqual(['2']);
});
