import type { KubernetesObject } from '../../ports/cluster.ts';
import { Label, NAMESPACE, ServiceAccount } from '../names.ts';

const labels = { [Label.managedBy]: 'stepbench' };
const inNamespace = (name: string) => ({ name, namespace: NAMESPACE, labels });

/**
 * `baseline` is enforced: no host namespaces, host paths or privileges. `restricted` would refuse root, and the images
 * of vLLM and genai-perf run as nothing else; our pods keep all the rest of it, and a warning and an audit record say
 * where one does not. The uploader, the stager and AIPerf run as an ordinary user.
 */
const podSecurity = {
  'pod-security.kubernetes.io/enforce': 'baseline',
  'pod-security.kubernetes.io/warn': 'restricted',
  'pod-security.kubernetes.io/audit': 'restricted',
};

/**
 * Nothing of ours is reached from outside or keeps a disk: who may make Services here must not open one to the world.
 * No ceiling on GPUs: each NodePool has its own limit and the plan keeps to the account's quota, while a pod that a
 * quota refuses would be told as missing capacity. No LimitRange: a default limit would throttle what is measured.
 */
const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: inNamespace('stepbench'),
  spec: { hard: { 'services.loadbalancers': '0', 'services.nodeports': '0', persistentvolumeclaims: '0' } },
};

const serviceAccount = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: inNamespace(name),
  automountServiceAccountToken: false,
});

export const namespaceObjects = (): KubernetesObject[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: { ...labels, ...podSecurity } } },
  quota,
  ...Object.values(ServiceAccount).map(serviceAccount),
];
