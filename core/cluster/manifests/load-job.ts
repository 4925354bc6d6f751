import { Annotation, Label, loadJobName, NAMESPACE, runLabels, ServiceAccount } from '../names.ts';
import { TOKENIZER_CONTAINER, TOKENIZER_DIR } from '../tokenizer-fetcher.ts';
import { LOAD_TAINT } from './node-pool.ts';
import { type ContainerSpec, container, hardened, inZone, onPool, undisturbed } from './pod-parts.ts';

const ARTIFACT_DIR = '/artifacts';

/** What the containers of a load Job find in their environment. */
export const LoadVariable = {
  artifactDir: 'ARTIFACT_DIR',
  engineUrl: 'ENGINE_URL',
  /** Key prefix under which the uploader puts every file. */
  uploadPrefix: 'UPLOAD_PREFIX',
  resultsBucket: 'RESULTS_BUCKET',
} as const;

export interface LoadJobRequest {
  run: string;
  deployment: { id: string };
  cell: { id: string };
  attempt: number;
  nodePool: string;
  /** The engine's zone: the generator is put beside it. Empty when unknown. */
  nodeZone: string;
  engineUrl: string;
  generator: ContainerSpec;
  /** Brings the model's tokenizer from the bucket, for a generator that counts by it. */
  tokenizer?: ContainerSpec;
  uploader: ContainerSpec;
  resultsBucket: string;
  /** Key prefix of the attempt's artifacts. */
  destination: string;
  timeoutSeconds: number;
  /** ISO time by which the deployment must be gone. */
  deadline: string;
}

/** Two generators fit on the load pool's node (16 vCPU, 32 GiB), and each has CPU enough not to be what is measured. */
export const GENERATOR_RESOURCES = { requests: { cpu: '6', memory: '10Gi' } };
const TOKENIZER_MOUNT = { name: 'tokenizer', mountPath: TOKENIZER_DIR };
const UPLOADER_RESOURCES = { requests: { cpu: '250m', memory: '256Mi' } };

/**
 * One attempt at one cell. The generator is an init container, so that the uploader starts when it has
 * ended, whatever its end was; the pod's exit code is then the uploader's, which passes on the generator's.
 */
export function loadJob(request: LoadJobRequest) {
  const { run, deployment, cell, attempt, deadline } = request;
  const labels = { ...runLabels(run, 'load'), [Label.deployment]: deployment.id, [Label.cell]: cell.id };
  const volumeMounts = [{ name: 'artifacts', mountPath: ARTIFACT_DIR }];
  const tokenizer = request.tokenizer && {
    ...container(TOKENIZER_CONTAINER, {
      ...request.tokenizer,
      env: { [LoadVariable.resultsBucket]: request.resultsBucket, ...request.tokenizer.env },
    }),
    resources: UPLOADER_RESOURCES,
    volumeMounts: [TOKENIZER_MOUNT],
  };
  const generatorMounts =
    tokenizer === undefined ? volumeMounts : [...volumeMounts, { ...TOKENIZER_MOUNT, readOnly: true }];
  const generator = {
    ...request.generator,
    env: {
      [LoadVariable.artifactDir]: ARTIFACT_DIR,
      [LoadVariable.engineUrl]: request.engineUrl,
      ...request.generator.env,
    },
  };
  const uploader = {
    ...request.uploader,
    env: {
      [LoadVariable.artifactDir]: ARTIFACT_DIR,
      [LoadVariable.uploadPrefix]: request.destination,
      [LoadVariable.resultsBucket]: request.resultsBucket,
      ...request.uploader.env,
    },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: loadJobName(run, cell.id, attempt),
      namespace: NAMESPACE,
      labels,
      annotations: { [Annotation.deadline]: deadline },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: request.timeoutSeconds,
      template: {
        metadata: { labels, annotations: undisturbed(deadline) },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 30,
          ...hardened,
          serviceAccountName: ServiceAccount.artifacts,
          ...onPool(request.nodePool, LOAD_TAINT),
          ...inZone(request.nodeZone),
          initContainers: [
            ...(tokenizer === undefined ? [] : [tokenizer]),
            {
              ...container('generator', generator),
              resources: GENERATOR_RESOURCES,
              volumeMounts: generatorMounts,
            },
          ],
          containers: [{ ...container('uploader', uploader), resources: UPLOADER_RESOURCES, volumeMounts }],
          volumes: [
            { name: 'artifacts', emptyDir: {} },
            ...(tokenizer === undefined ? [] : [{ name: TOKENIZER_MOUNT.name, emptyDir: {} }]),
          ],
        },
      },
    },
  };
}
