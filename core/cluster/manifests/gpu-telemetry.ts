import { DcgmField } from '../../engines/dcgm-metrics.ts';
import type { KubernetesObject } from '../../ports/cluster.ts';
import { GPU_EXPORTER_IMAGE, GPU_EXPORTER_PORT } from '../gpu-exporter.ts';
import { Label, NAMESPACE, TELEMETRY_NAMESPACE } from '../names.ts';
import { GPU } from './node-pool.ts';
import { hardened } from './pod-parts.ts';

const labels = { [Label.managedBy]: 'stepbench' };
const NAME = 'dcgm-exporter';
const inNamespace = (name: string) => ({ name, namespace: TELEMETRY_NAMESPACE, labels });

/** Also what a load Job's exporter is found by. */
export const GPU_EXPORTER_LABELS = { [Label.app]: NAME };

/** Pods with SYS_ADMIN run in no other namespace of ours, and none but ProvisionCluster can make one here. */
const namespace: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: TELEMETRY_NAMESPACE,
    labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'privileged' },
  },
};

const COLLECTORS = { file: 'counters.csv', folder: '/etc/stepbench' };

/**
 * The fields that rows have, and no others: the exporter's own list has profiling fields in it, which slow down what
 * is measured.
 */
const collectors: KubernetesObject & { data: Record<string, string> } = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: inNamespace(NAME),
  data: {
    [COLLECTORS.file]: Object.values(DcgmField)
      .map((field) => `${field}, gauge, ${field}.\n`)
      .join(''),
  },
};

const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: inNamespace(name),
  spec,
});

/** It asks nobody, and nobody but a load generator asks it. */
const policies = [
  policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  policy('exporter-from-load', {
    podSelector: { matchLabels: GPU_EXPORTER_LABELS },
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
            podSelector: { matchLabels: { [Label.role]: 'load' } },
          },
        ],
        ports: [{ port: GPU_EXPORTER_PORT, protocol: 'TCP' }],
      },
    ],
  }),
];

/** A load samples every 3 s: of each a value that is no older than a second. */
const INTERVAL_MS = 1000;

/**
 * On the nodes of engines. Bottlerocket, which EKS Auto Mode runs, gives GPUs to a container that does not ask for
 * them only when it has SYS_ADMIN; asking for one would take it from the engine. That it is root, SYS_ADMIN and all
 * devices, without any path of the node, is the least that such a container can have: it tells what GPUs do, not which
 * pod they do it for, so it needs neither the kubelet's socket nor a token.
 *
 * Pods of a DaemonSet keep no node from being empty, and go with it: it ends at once. Without a priority it takes the
 * place of no engine.
 */
const exporter = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: inNamespace(NAME),
  spec: {
    selector: { matchLabels: GPU_EXPORTER_LABELS },
    template: {
      metadata: { labels: { ...labels, ...GPU_EXPORTER_LABELS } },
      spec: {
        ...hardened,
        terminationGracePeriodSeconds: 2,
        nodeSelector: { [Label.role]: 'engine' },
        tolerations: [{ key: GPU, operator: 'Exists', effect: 'NoSchedule' }],
        containers: [
          {
            name: NAME,
            image: GPU_EXPORTER_IMAGE,
            env: [
              { name: 'DCGM_EXPORTER_LISTEN', value: `:${GPU_EXPORTER_PORT}` },
              { name: 'DCGM_EXPORTER_INTERVAL', value: String(INTERVAL_MS) },
              { name: 'DCGM_EXPORTER_COLLECTORS', value: `${COLLECTORS.folder}/${COLLECTORS.file}` },
              { name: 'DCGM_EXPORTER_KUBERNETES', value: 'false' },
              { name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' },
              { name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'compute,utility' },
            ],
            ports: [{ name: 'metrics', containerPort: GPU_EXPORTER_PORT }],
            resources: { requests: { cpu: '50m', memory: '256Mi' }, limits: { cpu: '500m', memory: '1Gi' } },
            securityContext: { runAsUser: 0, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } },
            volumeMounts: [{ name: 'collectors', mountPath: COLLECTORS.folder, readOnly: true }],
          },
        ],
        volumes: [{ name: 'collectors', configMap: { name: NAME } }],
      },
    },
  },
};

/** In the order in which they are applied. */
export const gpuTelemetry = (): KubernetesObject[] => [namespace, ...policies, collectors, exporter];
