import { describe, expect, it } from 'vitest';
import type { AnyObject, Cluster, ListQuery } from '#core/ports/cluster.ts';
import { findGpuExporter } from '#lambdas/cluster/gpu-exporter.ts';

const pod = (node: string | undefined, status: object = {}, metadata: object = {}): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `exporter-${node}`, ...metadata },
  spec: { nodeName: node },
  status: { phase: 'Running', podIP: `10.0.0.${node?.length}`, ...status },
});
const engine = pod('gpu-node');

const find = (exporters: readonly AnyObject[], engineOf: AnyObject | undefined = engine) => {
  const asked: ListQuery[] = [];
  const list = async (query: ListQuery) => {
    asked.push(query);
    return [...exporters];
  };
  return findGpuExporter({ list } as unknown as Cluster, engineOf).then((url) => ({ url, asked }));
};

describe('where the GPUs of an engine are told of', () => {
  it('is the exporter on its own node', async () => {
    const { url, asked } = await find([pod('another'), pod('gpu-node', { podIP: '10.1.2.3' })]);
    expect(url).toBe('http://10.1.2.3:9400/metrics');
    expect(asked).toMatchObject([{ kind: 'Pod', namespace: 'stepbench-telemetry' }]);
    expect((await find([pod('gpu-node', { podIP: '2001:db8::7' })])).url).toBe('http://[2001:db8::7]:9400/metrics');
  });

  it.each<[string, AnyObject[]]>([
    ['there is none', []],
    ['it is on another node', [pod('another')]],
    ['its image is still pulled', [pod('gpu-node', { phase: 'Pending', podIP: undefined })]],
    ['it has no address yet', [pod('gpu-node', { podIP: '' })]],
    ['it is being deleted', [pod('gpu-node', {}, { deletionTimestamp: '2026-01-31T10:00:00Z' })]],
  ])('is nowhere when %s', async (_, exporters) => {
    expect((await find(exporters)).url).toBeUndefined();
  });

  it('is nowhere when the engine is, or when the cluster does not tell: the cell goes on', async () => {
    const nodeless = { ...engine, spec: {} };
    expect((await find([pod('gpu-node')], nodeless)).url).toBeUndefined();
    const refused = { list: () => Promise.reject(new Error('403')) } as unknown as Cluster;
    expect(await findGpuExporter(refused, engine)).toBeUndefined();
  });
});
