import { GPU_EXPORTER_LABELS } from '#core/cluster/manifests/gpu-telemetry.ts';
import { TELEMETRY_NAMESPACE } from '#core/cluster/names.ts';
import { gpuExporterUrl } from '#core/cluster/observe/gpu-exporter.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';

/**
 * Where the GPUs of an engine's node are told of; undefined where nobody tells. Whatever is wrong with it, cells are
 * measured without: a cluster of somebody else's has no exporter of ours, and does not let us ask for one.
 */
export async function findGpuExporter(cluster: Cluster, engine: AnyObject | undefined): Promise<string | undefined> {
  try {
    const exporters = await cluster.list({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: TELEMETRY_NAMESPACE,
      labels: GPU_EXPORTER_LABELS,
    });
    return gpuExporterUrl(exporters, engine);
  } catch {
    return undefined;
  }
}
