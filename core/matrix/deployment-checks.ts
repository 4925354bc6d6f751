import { GPU_INSTANCES } from '../pricing/gpu-instances.ts';
import type { Axis } from './axes.ts';
import { HUB_NAME } from './axis-schemas.ts';
import type { DeploymentToCheck } from './deployment-to-check.ts';
import { checkEndpoint } from './endpoint-checks.ts';
import { isEndpointLabel } from './endpoint-schema.ts';
import { changesWeights, gpuMemoryUtilization, maxModelLength, stretchesContext } from './engine-arguments.ts';
import type { Finding } from './findings.ts';
import { hubNameOf, knownContextTokens } from './models.ts';
import { carried, show } from './problems.ts';

const MIB_PER_GIB = 1024;

/** What cannot run on the instance whatever is measured; of a server that runs already, what is missing to reach it. */
export function checkDeployment(deployment: DeploymentToCheck, broken: ReadonlySet<Axis>): Finding[] {
  if (broken.has('instanceType')) return [];
  if (deployment.values.engine === 'endpoint') return broken.has('engine') ? [] : checkEndpoint(deployment);
  if (isEndpointLabel(deployment.values.instanceType)) return [noInstance(deployment)];
  return [
    ...(broken.has('model') ? [] : noHubName(deployment)),
    ...(broken.has('shmGiB') ? [] : tooMuchShm(deployment)),
    ...(broken.has('model') || broken.has('engineArguments') ? [] : overContext(deployment)),
    ...checkGpus(deployment, broken),
  ];
}

function checkGpus(deployment: DeploymentToCheck, broken: ReadonlySet<Axis>): Finding[] {
  if (broken.has('tensorParallel') || broken.has('pipelineParallel')) return [];
  const gpus = tooManyGpus(deployment);
  if (gpus.length > 0) return gpus;
  return broken.has('model') || broken.has('engineArguments') ? [] : tooLarge(deployment);
}

/** vLLM asks the model's configuration when it starts, and ends: on a node that is paid for. */
function overContext({ values: { model, engineArguments }, origin }: DeploymentToCheck): Finding[] {
  const asked = maxModelLength(engineArguments) ?? 0;
  const known = stretchesContext(engineArguments) ? undefined : knownContextTokens(model);
  if (known === undefined || asked <= known) return [];
  return [
    {
      code: 'context-too-short',
      path: origin('engineArguments'),
      value: carried(engineArguments),
      subject: model,
      message: (models) => `--max-model-len of ${asked} is more than the context of ${models}: vLLM would not start`,
      instead: () => `at most ${known}, or --hf-overrides that stretch it`,
    },
  ];
}

/** An endpoint calls its model what it likes; an engine that is started takes it from the hub. */
function noHubName({ values: { model }, origin }: DeploymentToCheck): Finding[] {
  if (HUB_NAME.test(model)) return [];
  const meant = hubNameOf(model);
  return [
    {
      code: 'bad-format',
      path: origin('model'),
      value: model,
      subject: '',
      message: () =>
        'an engine that is started here takes its model from the hub, where every name has an organisation',
      instead: () => (meant === undefined ? 'organisation/name, such as "openai/gpt-oss-20b"' : show(meant)),
    },
  ];
}

/** The kubelet would cut it down without a word, and the rows would say what was not measured. */
function tooMuchShm({ values: { shmGiB, instanceType }, facts: { memoryGiB }, origin }: DeploymentToCheck): Finding[] {
  if (shmGiB < memoryGiB) return [];
  return [
    {
      code: 'too-little-memory',
      path: origin('shmGiB'),
      value: shmGiB,
      subject: `${instanceType} (${memoryGiB} GiB)`,
      figure: memoryGiB,
      message: (subjects) => `/dev/shm of ${shmGiB} GiB leaves the engine nothing of the node's memory on ${subjects}`,
      instead: (memories) => `less than ${Math.min(...memories)}: the engine needs memory besides`,
    },
  ];
}

const noInstance = ({ values: { instanceType, engine }, origin }: DeploymentToCheck): Finding => ({
  code: 'unknown-instance-type',
  path: origin('instanceType'),
  value: instanceType,
  subject: instanceType,
  message: (labels) => `${labels} is an endpoint, and the engine ${engine} is started on an EC2 instance`,
  instead: () => 'an instance type such as "g5.8xlarge", or no "engine" for an endpoint',
});

function tooManyGpus({ values, facts, origin }: DeploymentToCheck): Finding[] {
  const { instanceType, tensorParallel, pipelineParallel } = values;
  if (tensorParallel * pipelineParallel <= facts.gpuCount) return [];
  // Whichever is larger is to blame: 1 is never too much.
  const axis = tensorParallel >= pipelineParallel ? 'tensorParallel' : 'pipelineParallel';
  const needed = tensorParallel * pipelineParallel;
  const path = origin(axis);
  // Only the values of an axis can be excluded; a default is overruled.
  const isOfAxis = path.startsWith(`matrix.${axis}[`);
  const most = Math.max(1, Math.floor((facts.gpuCount * values[axis]) / needed));
  const entry = isOfAxis
    ? `exclude {"instanceType": ${show(instanceType)}, "${axis}": ${values[axis]}}`
    : `include {"instanceType": ${show(instanceType)}, "${axis}": ${most}}`;
  return [
    {
      code: 'too-many-gpus',
      path,
      value: values[axis],
      subject: `${instanceType} (${facts.gpuCount})`,
      message: (subjects) =>
        `${tensorParallel} x ${pipelineParallel} (tensor x pipeline parallel) needs ${needed} GPUs, more than ${subjects} has`,
      instead: (typeCount) =>
        typeCount === 1
          ? `at most ${most}${path.startsWith('matrix.include[') ? '' : `, or ${entry}`}`
          : `for each of these types: ${entry} and so on`,
    },
  ];
}

function tooLarge({ values, facts, weightsGiB, origin }: DeploymentToCheck): Finding[] {
  if (weightsGiB === undefined || changesWeights(values.engineArguments)) return [];
  const { instanceType, model, tensorParallel, pipelineParallel, engineArguments } = values;
  const usableGiB = (facts.gpuMemoryMiB / MIB_PER_GIB) * gpuMemoryUtilization(engineArguments);
  const gpus = tensorParallel * pipelineParallel;
  if (weightsGiB <= gpus * usableGiB) return [];
  const enough = Math.ceil(weightsGiB / usableGiB / pipelineParallel);
  return [
    {
      code: 'model-too-large',
      path: origin('model'),
      value: model,
      subject: `${gpus} GPU${gpus === 1 ? '' : 's'} of ${instanceType} (${(gpus * usableGiB).toFixed(1)} GiB usable)`,
      message: (subjects) => `the weights are ${weightsGiB.toFixed(1)} GiB: more than ${subjects}`,
      instead: () =>
        enough * pipelineParallel <= facts.gpuCount
          ? `"tensorParallel" of at least ${powerOfTwo(enough)} on ${instanceType}`
          : largerInstance(weightsGiB),
    },
  ];
}

/** Attention heads divide by powers of two, so that is what people use. */
const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(least));

function largerInstance(weightsGiB: number): string {
  const fits = Object.entries(GPU_INSTANCES).find(
    ([, { gpuCount, gpuMemoryMiB }]) => weightsGiB <= ((gpuCount * gpuMemoryMiB) / MIB_PER_GIB) * 0.9,
  );
  return fits === undefined
    ? 'a smaller model: it fits on no instance type that is known here'
    : `an instance type such as "${fits[0]}" with "tensorParallel": ${fits[1].gpuCount}`;
}
