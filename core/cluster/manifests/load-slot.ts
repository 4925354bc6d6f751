import { Annotation, Label, loadSlotName, NAMESPACE, runLabels } from '../names.ts';
import { GENERATOR_RESOURCES } from './load-job.ts';
import { LOAD_TAINT } from './node-pool.ts';
import { type ContainerSpec, container, hardened, inZone, onPool } from './pod-parts.ts';

export interface LoadSlotRequest {
  run: string;
  deployment: { id: string };
  /** ISO time; the deployment's. */
  deadline: string;
  nodePool: string;
  /** Where the engine landed. */
  zone: string;
  /** Both images are pulled by it. */
  generator: Pick<ContainerSpec, 'image' | 'user'>;
  uploader: ContainerSpec;
}

/** As long as an engine may take to be ready; longer, and the load finds a node by itself. */
const SLOT_SECONDS = 30 * 60;

/**
 * Holds the place of a deployment's load generator, in its engine's zone and with its images pulled, while the
 * engine is still loading: a GPU must not idle until a CPU node has booted. It asks for exactly what a load
 * Job asks for, is one for each deployment, and makes room the moment that the engine is ready.
 */
export function loadSlot({ run, deployment, deadline, nodePool, zone, generator, uploader }: LoadSlotRequest) {
  const labels = { ...runLabels(run, 'load-slot'), [Label.deployment]: deployment.id };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: loadSlotName(run, deployment.id, deadline),
      namespace: NAMESPACE,
      labels,
      annotations: { [Annotation.deadline]: deadline },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: SLOT_SECONDS,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 0,
          ...hardened,
          ...onPool(nodePool, LOAD_TAINT),
          ...inZone(zone),
          initContainers: [container('pull-uploader', { ...uploader, command: ['aws', '--version'] })],
          containers: [
            {
              // Python, because AIPerf's image is distroless: it has no `sleep`.
              ...container('hold', {
                ...generator,
                command: ['python3', '-I', '-S', '-c', `import time; time.sleep(${SLOT_SECONDS})`],
              }),
              resources: GENERATOR_RESOURCES,
            },
          ],
        },
      },
    },
  };
}
