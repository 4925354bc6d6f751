import { Annotation, NAMESPACE, runLabels, warmupJobName } from '../names.ts';
import { LOAD_TAINT } from './node-pool.ts';
import { container, hardened, inZone, onPool } from './pod-parts.ts';

export interface LoadPoolWarmupRequest {
  run: string;
  /** ISO time by which everything of the run must be gone. */
  deadline: string;
  nodePool: string;
  /** The generator's: pulled here, so that the first cell does not wait for it. */
  image: string;
  /** Once an engine's zone is known, a node is warmed there; any zone when left out. */
  zone?: string;
}

/** Long enough for a node and a large image; a warm-up that takes longer is no help to anybody. */
const WARMUP_SECONDS = 15 * 60;

/** A pod that does nothing: it makes Karpenter launch the load pool's node before the first engine is ready. */
export function loadPoolWarmup({ run, deadline, nodePool, image, zone }: LoadPoolWarmupRequest) {
  const labels = runLabels(run, 'load-pool');
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: warmupJobName(run, zone),
      namespace: NAMESPACE,
      labels,
      annotations: { [Annotation.deadline]: deadline },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: WARMUP_SECONDS,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 0,
          ...hardened,
          ...onPool(nodePool, LOAD_TAINT),
          ...inZone(zone),
          // Python, because AIPerf's image is distroless: it has neither `sh` nor `true`.
          containers: [container('warmup', { image, command: ['python3', '-I', '-S', '-c', 'pass'] })],
        },
      },
    },
  };
}
