import { Label } from '#core/cluster/names.ts';
import type { AnyObject } from '#core/ports/cluster.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import type { NodeFacts } from '#core/workflow/payload.ts';

/** `aws:///us-east-1a/i-0abc` -> `i-0abc`. */
export const instanceId = (providerId: string | undefined): string => providerId?.split('/').at(-1) ?? '';

/** A pinned image says the engine's version: `vllm/vllm-openai:v0.32.0` or `...:v0.32.0@sha256:...`. */
function imageVersion(image: string): string {
  const tag = image.split('@')[0]?.split('/').at(-1)?.split(':')[1];
  return tag ?? image.split('@')[1] ?? '';
}

/** What the rows of a deployment say about the node that its engine landed on. */
export function nodeFacts(node: AnyObject | undefined, enginePod: AnyObject | undefined): NodeFacts {
  const labels = node?.metadata.labels ?? {};
  return {
    zone: labels[Label.zone] ?? '',
    capacityType: labels[Label.capacityType] ?? '',
    instanceId: instanceId(node?.spec?.providerID),
    simulated: labels[Label.simulated] === 'true',
    engineVersion: imageVersion(enginePod?.spec?.containers?.[0]?.image ?? ''),
  };
}

/** The same of a node that never registered, or is forgotten: as far as its instance and its pool tell. */
export function launchedFacts(
  seen: NodeFacts,
  instance: ClusterInstance | undefined,
  nodePool: AnyObject | undefined,
): NodeFacts {
  if (instance === undefined) return seen;
  return {
    ...seen,
    zone: seen.zone || instance.zone,
    capacityType: seen.capacityType || capacityTypeAsked(nodePool),
    instanceId: seen.instanceId || instance.id,
  };
}

function capacityTypeAsked(nodePool: AnyObject | undefined): string {
  const requirements: { key: string; values?: string[] }[] = nodePool?.spec?.template?.spec?.requirements ?? [];
  return requirements.find(({ key }) => key === Label.capacityType)?.values?.[0] ?? '';
}
