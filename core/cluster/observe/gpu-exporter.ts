import type { AnyObject } from '#core/ports/cluster.ts';
import { GPU_EXPORTER_PORT } from '../gpu-exporter.ts';
import { nodeName } from './pod.ts';

/**
 * Where the exporter on an engine's node answers: at its pod's own address, since a Service would pick a node.
 * Undefined when none runs there.
 */
export function gpuExporterUrl(exporters: readonly AnyObject[], engine: AnyObject | undefined): string | undefined {
  const node = engine && nodeName(engine);
  if (node === undefined) return undefined;
  const pod = exporters.find(
    (one) => nodeName(one) === node && one.metadata.deletionTimestamp === undefined && one.status?.phase === 'Running',
  );
  const address: string | undefined = pod?.status?.podIP;
  if (address === undefined || address === '') return undefined;
  return `http://${address.includes(':') ? `[${address}]` : address}:${GPU_EXPORTER_PORT}/metrics`;
}
