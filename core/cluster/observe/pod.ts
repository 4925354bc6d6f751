import type { AnyObject } from '#core/ports/cluster.ts';

/** The parts of a Pod's status that we read, in Kubernetes' own words. */
interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  /** Times are null where the kubelet lost sight of the container. */
  terminated?: {
    exitCode: number;
    reason?: string;
    message?: string;
    startedAt?: string | null;
    finishedAt?: string | null;
  };
}

export interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: ContainerState;
}

interface PodCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** No retry of the kubelet's mends these: whoever waits for them waits for ever. */
const TERMINAL_WAITS = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'CrashLoopBackOff',
]);

export const containers = (pod: AnyObject): ContainerStatus[] => [
  ...(pod.status?.initContainerStatuses ?? []),
  ...(pod.status?.containerStatuses ?? []),
];

export const condition = (object: AnyObject, type: string): PodCondition | undefined =>
  (object.status?.conditions as PodCondition[] | undefined)?.find((one) => one.type === type);

export const nodeName = (pod: AnyObject): string | undefined => pod.spec?.nodeName;

/** Why the pod will never run, if that is so. */
export function terminalWait(pod: AnyObject): string | undefined {
  for (const { name, state } of containers(pod)) {
    const waiting = state?.waiting;
    if (waiting?.reason !== undefined && TERMINAL_WAITS.has(waiting.reason))
      return `container ${name}: ${waiting.reason}${waiting.message ? ` (${waiting.message})` : ''}`;
  }
  return undefined;
}

/** Why its node could not keep the pod, in the kubelet's words: out of memory for all, or of disk. */
export const eviction = (pod: AnyObject): string | undefined =>
  pod.status?.reason === 'Evicted' ? (pod.status.message ?? 'its node could not keep it') : undefined;

/** How the pod ended, or its containers, for people. */
export function terminations(pod: AnyObject): string {
  const evicted = eviction(pod);
  if (evicted !== undefined) return `its pod was evicted: ${evicted}`;
  const ended = containers(pod).flatMap(({ name, state }) => {
    const terminated = state?.terminated;
    if (terminated === undefined || terminated.exitCode === 0) return [];
    return [`${name} ended with exit code ${terminated.exitCode}${terminated.reason ? ` (${terminated.reason})` : ''}`];
  });
  return ended.join('; ');
}

/** The youngest pod of a Job: a Job with backoffLimit 0 has one, but a deleted pod may still be listed. */
export const youngest = (pods: AnyObject[]): AnyObject | undefined =>
  pods.toSorted((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))[0];
