/**
 * Names, labels and the namespace of everything we make in a cluster: built and parsed here only.
 * NodePools do not tag instances: the pool's name is all that EC2 shows of them, so run, deployment and
 * deadline are in it.
 */
export const NAMESPACE = 'stepbench';

/** Of what watches GPUs: it needs rights that the other one refuses to every pod. */
export const TELEMETRY_NAMESPACE = 'stepbench-telemetry';

/** Whom pods are, for Pod Identity. */
export const ServiceAccount = {
  /** Load Jobs: they write artifacts, and read the tokenizer that was staged. */
  artifacts: 'stepbench-artifacts',
  /** Stagers: they write weights, and see nothing of runs. */
  staging: 'stepbench-staging',
  /** Engines: they read staged weights, and write nothing. */
  weights: 'stepbench-weights',
} as const;

export const Label = {
  run: 'stepbench.dev/run',
  deployment: 'stepbench.dev/deployment',
  cell: 'stepbench.dev/cell',
  role: 'stepbench.dev/role',
  app: 'app.kubernetes.io/name',
  /** On a Node behind which there is no GPU. */
  simulated: 'stepbench.dev/simulated',
  managedBy: 'app.kubernetes.io/managed-by',
  nodePool: 'karpenter.sh/nodepool',
  capacityType: 'karpenter.sh/capacity-type',
  instanceType: 'node.kubernetes.io/instance-type',
  zone: 'topology.kubernetes.io/zone',
  jobName: 'batch.kubernetes.io/job-name',
} as const;

export const Annotation = {
  doNotDisrupt: 'karpenter.sh/do-not-disrupt',
  /** ISO time by which the object must be gone. */
  deadline: 'stepbench.dev/deadline',
} as const;

export type Role = 'engine' | 'load' | 'load-slot' | 'load-pool' | 'stage';

/**
 * 32 characters at most: with role, deployment (12) and deadline (6) the longest name, `engine-...`, stays
 * within the 63 of a DNS label and a label value.
 */
export const RUN_ID = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** Minutes since the epoch in base 36: five characters until 2084. Rounded up: a name never says too early. */
const deadlineCode = (iso: string): string => Math.ceil(Date.parse(iso) / 60_000).toString(36);

const poolName = (run: string, what: string, deadline: string) => `sb-${run}-${what}-${deadlineCode(deadline)}`;

export const gpuNodePoolName = (run: string, deployment: string, deadline: string): string =>
  poolName(run, deployment, deadline);

export const loadNodePoolName = (run: string, deadline: string): string => poolName(run, 'load', deadline);

/** What a NodePool's name says; undefined for a pool that is not ours. */
export function parseNodePoolName(name: string): { run: string; what: string; deadlineMs: number } | undefined {
  const match = /^sb-(.+)-([a-z0-9]+)-([a-z0-9]{5,6})$/.exec(name);
  if (match === null) return undefined;
  const [, run, what, code] = match as unknown as [string, string, string, string];
  return { run, what, deadlineMs: Number.parseInt(code, 36) * 60_000 };
}

export const engineName = (run: string, deployment: string, deadline: string): string =>
  `engine-${run}-${deployment}-${deadlineCode(deadline)}`;

export const loadJobName = (run: string, cell: string, attempt: number): string => `load-${run}-${cell}-${attempt}`;

/** Holds a load generator's place while its engine loads. */
export const loadSlotName = (run: string, deployment: string, deadline: string): string =>
  `slot-${run}-${deployment}-${deadlineCode(deadline)}`;

export const stageJobName = (run: string, modelHash: string, deadline: string): string =>
  `stage-${run}-${modelHash}-${deadlineCode(deadline)}`;

export const engineUrl = (serviceName: string): string => `http://${serviceName}.${NAMESPACE}.svc:${ENGINE_PORT}`;

export const ENGINE_PORT = 8000;

export const runLabels = (run: string, role: Role): Record<string, string> => ({
  [Label.managedBy]: 'stepbench',
  [Label.run]: run,
  [Label.role]: role,
});
