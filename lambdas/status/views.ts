import { Label } from '#core/cluster/names.ts';
import { condition, containers, nodeName, terminalWait, terminations } from '#core/cluster/observe/pod.ts';
import type { AnyObject, ClusterEvent } from '#core/ports/cluster.ts';

export interface NodeStatus {
  name: string;
  instanceType: string;
  capacityType: string;
  zone: string;
  nodePool: string;
  ready: boolean;
  createdAt: string;
}

export interface PodStatus {
  name: string;
  role: string;
  node: string;
  phase: string;
  /** `engine: running`, one for each container. */
  containers: string[];
  /** Why it does not run, or how it ended; empty when there is nothing to say. */
  trouble: string;
  createdAt: string;
}

export interface EventStatus {
  type: string;
  about: string;
  reason: string;
  message: string;
  count: number;
  lastSeenAt: string;
}

export interface RunStatusView {
  run: string;
  execution: string;
  cluster: string;
  deadline: string;
  releasedAt: string | null;
  nodes: NodeStatus[];
  pods: PodStatus[];
  /** The latest first. */
  events: EventStatus[];
  logs: { pod: string; container: string; text: string }[];
  /** Something was left out, or cut at its beginning, to stay within what a function may answer. */
  cut: boolean;
}

/** A message of Karpenter's that lists every type it did not take runs to kilobytes. */
const LONGEST_MESSAGE = 500;

const labelOf = ({ metadata }: AnyObject, label: string): string => metadata.labels?.[label] ?? '';

export const nodeStatus = (node: AnyObject): NodeStatus => ({
  name: node.metadata.name,
  instanceType: labelOf(node, Label.instanceType),
  capacityType: labelOf(node, Label.capacityType),
  zone: labelOf(node, Label.zone),
  nodePool: labelOf(node, Label.nodePool),
  ready: condition(node, 'Ready')?.status === 'True',
  createdAt: node.metadata.creationTimestamp ?? '',
});

export const podStatus = (pod: AnyObject): PodStatus => ({
  name: pod.metadata.name,
  role: labelOf(pod, Label.role),
  node: nodeName(pod) ?? '',
  phase: pod.status?.phase ?? '',
  containers: containers(pod).map(({ name, state }) => `${name}: ${Object.keys(state ?? {})[0] ?? 'unknown'}`),
  trouble: terminalWait(pod) ?? terminations(pod),
  createdAt: pod.metadata.creationTimestamp ?? '',
});

export const eventStatus = ({ type, reason, message, regarding, lastSeenAt, count }: ClusterEvent): EventStatus => ({
  type,
  about: `${regarding.kind}/${regarding.name}`,
  reason,
  message: message.slice(0, LONGEST_MESSAGE),
  count,
  lastSeenAt,
});
