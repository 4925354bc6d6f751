import { Annotation, NAMESPACE, runLabels, ServiceAccount, stageJobName } from '../names.ts';
import { LoadVariable } from './load-job.ts';
import { LOAD_TAINT } from './node-pool.ts';
import { type ContainerSpec, container, hardened, onPool, undisturbed } from './pod-parts.ts';
import { secondsLeft } from './time-left.ts';

const STAGE_DIR = '/stage';

/** Half an hour is what 120 GB take; a stage Job that found no node must not hold the run to its deadline. */
const LONGEST_SECONDS = 60 * 60;

/** What the stager finds in its environment, besides UPLOAD_PREFIX and RESULTS_BUCKET. */
const StageVariable = { stageDir: 'STAGE_DIR', model: 'MODEL' } as const;

export interface StageJobRequest {
  run: string;
  /** The model's name on the hub. */
  model: string;
  modelHash: string;
  /** The load pool: a CPU node, before any GPU is paid for. */
  nodePool: string;
  /** ISO time by which everything of the run must be gone. */
  deadline: string;
  nowMs: number;
  stager: ContainerSpec;
  resultsBucket: string;
  /** Key prefix for weights and tokenizer. */
  destination: string;
  /** Room on the node's disk for the download. */
  diskGiB: number;
}

/**
 * Model weights and tokenizer into the bucket. Tried again twice: a hub that stumbles once must not end the run.
 * @throws StepBenchError DeadlinePassed
 */
export function stageJob(request: StageJobRequest) {
  const { run, deadline } = request;
  const labels = runLabels(run, 'stage');
  const stager = {
    ...request.stager,
    env: {
      [StageVariable.stageDir]: STAGE_DIR,
      [StageVariable.model]: request.model,
      [LoadVariable.uploadPrefix]: request.destination,
      [LoadVariable.resultsBucket]: request.resultsBucket,
      ...request.stager.env,
    },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: stageJobName(run, request.modelHash, deadline),
      namespace: NAMESPACE,
      labels,
      annotations: { [Annotation.deadline]: deadline },
    },
    spec: {
      backoffLimit: 2,
      activeDeadlineSeconds: Math.min(LONGEST_SECONDS, secondsLeft(deadline, request.nowMs)),
      template: {
        metadata: { labels, annotations: undisturbed(deadline) },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 30,
          ...hardened,
          serviceAccountName: ServiceAccount.staging,
          ...onPool(request.nodePool, LOAD_TAINT),
          containers: [
            {
              ...container('stager', stager),
              resources: {
                requests: { cpu: '2', memory: '4Gi', 'ephemeral-storage': `${request.diskGiB}Gi` },
              },
              volumeMounts: [{ name: 'stage', mountPath: STAGE_DIR }],
            },
          ],
          volumes: [{ name: 'stage', emptyDir: { sizeLimit: `${request.diskGiB}Gi` } }],
        },
      },
    },
  };
}
