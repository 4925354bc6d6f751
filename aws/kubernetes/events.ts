import type { ClusterEvent, EventQuery } from '#core/ports/cluster.ts';

/** A `v1` Event, as far as it is read here. The scheduler's have eventTime and no lastTimestamp. */
export interface ApiEvent {
  type?: string;
  reason?: string;
  message?: string;
  /** Karpenter also says things about claims that have no name yet. */
  involvedObject: { kind: string; name?: string; namespace?: string };
  lastTimestamp?: string | null;
  eventTime?: string | null;
  count?: number;
  series?: { count: number; lastObservedTime: string } | null;
  metadata: { creationTimestamp?: string };
}

/** Kinds without a namespace. */
const CLUSTER_SCOPED = new Set(['Node', 'NodeClaim', 'NodePool']);

/** Where the API keeps events about objects that are in no namespace. */
const OF_CLUSTER_SCOPED = 'default';

export const eventNamespace = ({ kind, namespace }: EventQuery): string | undefined =>
  CLUSTER_SCOPED.has(kind) ? OF_CLUSTER_SCOPED : namespace;

export const eventSelector = ({ kind, name }: EventQuery): string =>
  [`involvedObject.kind=${kind}`, ...(name === undefined ? [] : [`involvedObject.name=${name}`])].join(',');

export function toEvent(event: ApiEvent): ClusterEvent {
  const { kind, name = '', namespace } = event.involvedObject;
  const seen = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime;
  return {
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? '',
    regarding: { kind, name, ...(namespace === undefined || namespace === '' ? {} : { namespace }) },
    lastSeenAt: new Date(seen ?? event.metadata.creationTimestamp ?? 0).toISOString(),
    count: event.series?.count ?? event.count ?? 1,
  };
}

/** Those seen longest ago first. */
export const byTime = (a: ClusterEvent, b: ClusterEvent): number => a.lastSeenAt.localeCompare(b.lastSeenAt);
