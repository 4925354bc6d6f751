import type { AnyObject } from '#core/ports/cluster.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import { condition, containers } from './pod.ts';

/** The moments of a deployment's node, as ISO times; null for those that never came. */
export interface Timeline {
  requestedAt: string | null;
  /** From here the instance is paid for. */
  launchedAt: string | null;
  nodeReadyAt: string | null;
  engineStartedAt: string | null;
  engineReadyAt: string | null;
  releaseStartedAt: string | null;
  releasedAt: string | null;
}

export const NOTHING_YET: Timeline = {
  requestedAt: null,
  launchedAt: null,
  nodeReadyAt: null,
  engineStartedAt: null,
  engineReadyAt: null,
  releaseStartedAt: null,
  releasedAt: null,
};

export interface TimelineObjects {
  nodePool: AnyObject | undefined;
  node: AnyObject | undefined;
  pod: AnyObject | undefined;
  instances: ClusterInstance[];
}

/** The ready time of something that is, or was, ready. */
const readySince = (object: AnyObject | undefined): string | null => {
  const ready = object && condition(object, 'Ready');
  return ready?.status === 'True' ? (ready.lastTransitionTime ?? null) : null;
};

/**
 * What the cluster's objects still show. They are gone once released, so what an earlier look saw stays:
 * `seen` wins over nothing, and the earliest launch is the one that is paid for.
 */
export function observeTimeline(seen: Timeline, objects: TimelineObjects): Timeline {
  const { nodePool, node, pod, instances } = objects;
  const launched = instances.map((one) => one.launchedAt).toSorted()[0] ?? node?.metadata.creationTimestamp ?? null;
  const started = pod && containers(pod).find((one) => one.name === 'engine')?.state;
  return {
    ...seen,
    requestedAt: seen.requestedAt ?? nodePool?.metadata.creationTimestamp ?? null,
    launchedAt: seen.launchedAt ?? launched,
    nodeReadyAt: seen.nodeReadyAt ?? readySince(node),
    engineStartedAt: seen.engineStartedAt ?? started?.running?.startedAt ?? started?.terminated?.startedAt ?? null,
    engineReadyAt: seen.engineReadyAt ?? readySince(pod),
  };
}
