import type { KubernetesObject } from '#core/ports/cluster.ts';
import { isClusterScoped } from './kinds.ts';
import type { Job, NodePool } from './shapes.ts';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SERVICE_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(?=.{0,63}$)([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
/** Karpenter's CRD. */
const LIFETIME = /^(([0-9]+(s|m|h))+|Never)$/;
const WELL_KNOWN = new Set(['node.kubernetes.io/instance-type', 'topology.kubernetes.io/zone', 'kubernetes.io/arch']);

/**
 * What a real API server would answer with 422 and a manifest could plausibly get wrong. A bug, not a
 * condition: so no error that the state machine knows.
 */
export function problemWith(object: KubernetesObject): string | undefined {
  const { kind, metadata } = object;
  const names = kind === 'Service' ? SERVICE_NAME : kind === 'Job' || kind === 'Namespace' ? DNS_LABEL : SUBDOMAIN;
  if (!names.test(metadata.name)) return `metadata.name: Invalid value: "${metadata.name}"`;
  if (isClusterScoped(kind) !== (metadata.namespace === undefined)) {
    return `metadata.namespace: ${isClusterScoped(kind) ? 'not allowed on this type' : 'Required value'}`;
  }
  const wrong = badLabel(metadata.labels);
  if (wrong !== undefined) return `metadata.labels: ${wrong}`;
  if (kind === 'Job') return problemWithJob(object as Job);
  if (kind === 'NodePool') return problemWithNodePool(object as NodePool);
  return undefined;
}

function badLabel(labels: Record<string, string> = {}): string | undefined {
  const found = Object.entries(labels).find(([, value]) => typeof value !== 'string' || !LABEL_VALUE.test(value));
  return found && `Invalid value: "${found[0]}=${found[1]}"`;
}

function problemWithJob({ spec }: Job): string | undefined {
  const { spec: pod, metadata } = spec.template;
  const wrong = badLabel(metadata?.labels);
  if (wrong !== undefined) return `spec.template.metadata.labels: ${wrong}`;
  if (pod.restartPolicy !== 'Never') return 'spec.template.spec.restartPolicy: only "Never" is supported here';
  const seconds = spec.activeDeadlineSeconds;
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1)) {
    return `spec.activeDeadlineSeconds: Invalid value: ${seconds}`;
  }
  const volumes = new Set(pod.volumes?.map(({ name }) => name));
  for (const { name, volumeMounts = [] } of [...(pod.initContainers ?? []), ...pod.containers]) {
    const lost = volumeMounts.find((mount) => !volumes.has(mount.name));
    if (lost !== undefined) return `spec.template.spec.containers[${name}].volumeMounts: Not found: "${lost.name}"`;
  }
  return undefined;
}

function problemWithNodePool({ spec }: NodePool): string | undefined {
  const { metadata, spec: template } = spec.template;
  const restricted = Object.keys(metadata?.labels ?? {}).find((key) => {
    const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
    return !WELL_KNOWN.has(key) && /(^|\.)(kubernetes\.io|k8s\.io|karpenter\.sh)$/.test(domain);
  });
  if (restricted !== undefined) return `spec.template.metadata.labels: label ${restricted} is restricted`;
  const wrong = badLabel(metadata?.labels);
  if (wrong !== undefined) return `spec.template.metadata.labels: ${wrong}`;
  for (const [path, value] of [
    ['spec.template.spec.expireAfter', template.expireAfter],
    ['spec.disruption.consolidateAfter', spec.disruption?.consolidateAfter],
  ] as const) {
    if (value !== undefined && !LIFETIME.test(value)) return `${path}: Invalid value: "${value}"`;
  }
  if (!/^([0-9]+(s|m|h))*$/.test(template.terminationGracePeriod ?? '')) {
    return `spec.template.spec.terminationGracePeriod: Invalid value: "${template.terminationGracePeriod}"`;
  }
  return undefined;
}
