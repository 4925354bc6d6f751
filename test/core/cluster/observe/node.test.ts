import { describe, expect, it } from 'vitest';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { Label } from '#core/cluster/names.ts';
import { launchedFacts, nodeFacts } from '#core/cluster/observe/node.ts';
import { at, BEGAN_MS, node, object } from './samples.ts';

const enginePod = (image: string) => object('Pod', { spec: { containers: [{ name: 'engine', image }] } });

describe('the version of an engine', () => {
  it.each([
    ['vllm/vllm-openai:v0.32.0', 'v0.32.0'],
    ['vllm/vllm-openai:v0.32.0@sha256:abc', 'v0.32.0'],
    ['registry.local:5000/vllm/vllm-openai:v1', 'v1'],
    ['registry.local:5000/vllm/vllm-openai', ''],
    ['vllm/vllm-openai@sha256:abc', 'sha256:abc'],
    ['', ''],
  ])('of image %j is %j', (image, version) =>
    expect(nodeFacts(undefined, enginePod(image)).engineVersion).toBe(version),
  );
});

describe('the facts of a node', () => {
  it('are read off the Node, and the version off the pod', () => {
    expect(nodeFacts(node(), enginePod('vllm:v2'))).toEqual({
      zone: 'us-east-1b',
      capacityType: 'spot',
      instanceId: 'i-0abc',
      simulated: false,
      engineVersion: 'v2',
    });
    expect(nodeFacts(node({ [Label.simulated]: 'true' }), undefined).simulated).toBe(true);
  });

  it('are empty while there is none', () => {
    const none = { zone: '', capacityType: '', instanceId: '', simulated: false, engineVersion: '' };
    expect(nodeFacts(undefined, undefined)).toEqual(none);
    expect(launchedFacts(none, undefined, undefined)).toEqual(none);
  });

  it('of one that never registered are those of its instance and of its pool', () => {
    const pool = gpuNodePool({
      run: 'r',
      deployment: { id: 'd', instanceType: 'g5.xlarge', gpuCount: 1 },
      deadline: at(60),
      capacityType: 'reserved',
      nowMs: BEGAN_MS,
    });
    const instance = {
      id: 'i-9',
      instanceType: 'g5.xlarge',
      zone: 'us-east-1c',
      state: 'running' as const,
      nodePool: pool.metadata.name,
      launchedAt: at(1),
    };
    const launched = launchedFacts(nodeFacts(undefined, undefined), instance, pool);
    expect(launched).toMatchObject({ zone: 'us-east-1c', instanceId: 'i-9', capacityType: 'reserved' });
    const known = nodeFacts(node(), undefined);
    expect(launchedFacts(known, instance, pool)).toEqual(known);
    expect(launchedFacts(nodeFacts(undefined, undefined), instance, undefined).capacityType).toBe('');
  });
});
