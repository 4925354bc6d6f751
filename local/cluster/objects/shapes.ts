import type { KubernetesObject, ObjectMeta } from '#core/ports/cluster.ts';

/** The parts of foreign kinds that the controllers and kubelets work with, in Kubernetes' own words. */
export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

export interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface EnvironmentVariable {
  name: string;
  value?: string;
  valueFrom?: { fieldRef?: { fieldPath: string }; secretKeyRef?: { name?: string; key?: string; optional?: boolean } };
}

export interface Probe {
  httpGet?: { path?: string; port: number | string };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: EnvironmentVariable[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  startupProbe?: Probe;
  readinessProbe?: Probe;
  volumeMounts?: { name: string; mountPath: string }[];
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: { exitCode: number; reason: string; message?: string; startedAt: string; finishedAt: string };
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
}

interface PodSpec {
  nodeName?: string;
  restartPolicy?: string;
  terminationGracePeriodSeconds?: number;
  nodeSelector?: Record<string, string>;
  affinity?: {
    nodeAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: { matchExpressions?: Requirement[] }[] };
    };
  };
  tolerations?: Toleration[];
  initContainers?: Container[];
  containers: Container[];
  volumes?: { name: string }[];
}

export interface PodStatus {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  reason?: string;
  message?: string;
  startTime?: string;
  podIP?: string;
  conditions: Condition[];
  initContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
}

/** What only the API server's side writes. */
interface StoredMeta extends ObjectMeta {
  finalizers?: string[];
  deletionGracePeriodSeconds?: number;
}

export interface Stored extends KubernetesObject {
  metadata: StoredMeta;
}

export interface Pod extends Stored {
  spec: PodSpec;
  status: PodStatus;
}

export interface JobStatus {
  startTime?: string;
  completionTime?: string;
  active?: number;
  ready?: number;
  terminating?: number;
  succeeded?: number;
  failed?: number;
  conditions?: Condition[];
}

export interface Job extends Stored {
  spec: {
    backoffLimit?: number;
    activeDeadlineSeconds?: number;
    template: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: PodSpec };
  };
  status?: JobStatus;
}

export interface Service extends Stored {
  spec: { selector?: Record<string, string>; ports?: { port: number }[] };
}

export interface NodePool extends Stored {
  spec: {
    limits?: Record<string, string>;
    disruption?: {
      consolidationPolicy?: string;
      consolidateAfter?: string;
      budgets?: { nodes: string; reasons?: string[] }[];
    };
    template: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
      spec: {
        nodeClassRef: { group: string; kind: string; name: string };
        requirements: Requirement[];
        taints?: Taint[];
        expireAfter?: string;
        terminationGracePeriod?: string;
      };
    };
  };
  status?: { conditions: Condition[]; resources?: Record<string, string> };
}

export interface NodeClaim extends Stored {
  spec: {
    nodeClassRef: { group: string; kind: string; name: string };
    requirements: Requirement[];
    taints?: Taint[];
    expireAfter?: string;
    terminationGracePeriod?: string;
  };
  status: {
    conditions: Condition[];
    providerID?: string;
    nodeName?: string;
    capacity?: Record<string, string>;
    allocatable?: Record<string, string>;
  };
}

export interface Node extends Stored {
  spec: { providerID: string; taints?: Taint[]; unschedulable?: boolean };
  status: { capacity: Record<string, string>; allocatable: Record<string, string>; conditions: Condition[] };
}

/** The kinds that the controllers know by type. */
export interface Kinds {
  Pod: Pod;
  Job: Job;
  Service: Service;
  NodePool: NodePool;
  NodeClaim: NodeClaim;
  Node: Node;
}
