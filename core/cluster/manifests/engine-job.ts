import type { Deployment } from '../../plan/types.ts';
import { Annotation, engineName, Label, NAMESPACE, runLabels, ServiceAccount } from '../names.ts';
import { GPU } from './node-pool.ts';
import { type ContainerSpec, container, hardened, onPool, undisturbed } from './pod-parts.ts';
import { secondsLeft } from './time-left.ts';

export interface EngineContainer extends ContainerSpec {
  port: number;
  /** Answers 200 once the model is loaded. */
  healthPath: string;
}

export interface EngineJobRequest {
  run: string;
  deployment: Pick<Deployment, 'id' | 'gpuCount' | 'shmGiB'>;
  /** ISO time by which the engine must be gone. */
  deadline: string;
  nowMs: number;
  nodePool: string;
  engine: EngineContainer;
}

/** Also the Service's selector. */
export const engineLabels = (run: string, deployment: string): Record<string, string> => ({
  ...runLabels(run, 'engine'),
  [Label.deployment]: deployment,
});

/**
 * Half an hour for loading a model; the deployment's deadline usually ends it sooner. A constant, like all
 * of the pod template: a template that changed with the clock could not be applied twice.
 */
const STARTUP_PERIOD_SECONDS = 5;
const STARTUP_FAILURES = (30 * 60) / STARTUP_PERIOD_SECONDS;

/**
 * The engine as a Job and not as a Deployment: activeDeadlineSeconds ends it without anybody's help, and
 * with backoffLimit 0 an engine that died does not come back and buy another node.
 * @throws StepBenchError DeadlinePassed
 */
export function engineJob({ run, deployment, deadline, nowMs, nodePool, engine }: EngineJobRequest) {
  const labels = engineLabels(run, deployment.id);
  const health = { httpGet: { path: engine.healthPath, port: engine.port }, timeoutSeconds: 3 };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: engineName(run, deployment.id, deadline),
      namespace: NAMESPACE,
      labels,
      annotations: { [Annotation.deadline]: deadline },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: secondsLeft(deadline, nowMs),
      template: {
        metadata: { labels, annotations: undisturbed(deadline) },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 30,
          ...hardened,
          serviceAccountName: ServiceAccount.weights,
          ...onPool(nodePool, GPU),
          containers: [
            {
              ...container('engine', engine),
              ports: [{ name: 'http', containerPort: engine.port }],
              resources: { limits: { [GPU]: String(deployment.gpuCount) } },
              startupProbe: { ...health, periodSeconds: STARTUP_PERIOD_SECONDS, failureThreshold: STARTUP_FAILURES },
              // Patient: an engine under full load answers late, and dropping out of the Service would end the cell.
              readinessProbe: { ...health, periodSeconds: 10, failureThreshold: 6 },
              volumeMounts: [{ name: 'shm', mountPath: '/dev/shm' }],
            },
          ],
          volumes: [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: `${deployment.shmGiB}Gi` } }],
        },
      },
    },
  };
}
