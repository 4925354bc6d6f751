import { readFile } from 'node:fs/promises';

/** Annotations of a pod that tell its kubelet what becomes of its containers. */
export const Kubelet = {
  /** A duration after which it ends well; `0s` ends it now. */
  succeedAfter: 'kubelet.test/succeed-after',
  failAfter: 'kubelet.test/fail-after',
  exitCode: 'kubelet.test/exit-code',
} as const;

const STAGES = new URL('./kubelet-stages.yaml', import.meta.url);

interface KubeletOptions {
  port: number;
  certificate: string;
  key: string;
  /** What every container has written. */
  logFile: string;
}

/** kwok's configuration: it plays the kubelets of all nodes that Karpenter makes. */
export async function kubeletConfiguration({ port, certificate, key, logFile }: KubeletOptions): Promise<string> {
  const options = {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: {
      cidr: '10.244.0.0/16',
      nodeIP: '127.0.0.1',
      nodePort: port,
      serverAddress: `127.0.0.1:${port}`,
      tlsCertFile: certificate,
      tlsPrivateKeyFile: key,
      manageNodesWithAnnotationSelector: 'kwok.x-k8s.io/node=fake',
      // Leases of nodes that are gone would keep the nodes from going.
      nodeLeaseDurationSeconds: 0,
      // None of these may be 0, which is what they are when left out of a file.
      nodeLeaseParallelism: 2,
      podPlayStageParallelism: 2,
      nodePlayStageParallelism: 2,
      enablePodsOnNodeSyncStreamWatch: true,
      // Serves the containers' logs.
      enableDebuggingHandlers: true,
      enableCRDs: [],
    },
  };
  const logs = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'logs' },
    spec: { selector: {}, logs: [{ logsFile: logFile, follow: false }] },
  };
  return [JSON.stringify(options), await readFile(STAGES, 'utf8'), JSON.stringify(logs)].join('\n---\n');
}
