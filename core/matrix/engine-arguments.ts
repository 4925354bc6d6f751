/** Options of vLLM that StepBench sets itself: what the matrix has for each. */
const OWNED_ARGUMENTS: Readonly<Record<string, string>> = {
  '--model': 'the axis "model"',
  '--served-model-name': 'the axis "model"',
  '--tensor-parallel-size': 'the axis "tensorParallel"',
  '-tp': 'the axis "tensorParallel"',
  '--pipeline-parallel-size': 'the axis "pipelineParallel"',
  '-pp': 'the axis "pipelineParallel"',
  '--data-parallel-size': 'nothing: a deployment is one replica; "fleet" answers how many a load takes',
  '-dp': 'nothing: a deployment is one replica; "fleet" answers how many a load takes',
  '--host': 'nothing: the engine listens where its probes look for it',
  '--port': 'nothing: the engine listens where its probes look for it',
  '--uds': 'nothing: the engine listens where its probes look for it',
  '--api-key': 'nothing: the engine can be reached from within the cluster only',
};

/** vLLM takes `--option value`, `--option=value` and underscores for hyphens. */
const optionName = (argument: string): string => (argument.split('=', 1)[0] as string).replace(/(?<=[a-z])_/g, '-');

export const ownedArgument = (argument: string): string | undefined => {
  const name = optionName(argument);
  return Object.hasOwn(OWNED_ARGUMENTS, name) ? OWNED_ARGUMENTS[name] : undefined;
};

/** With these the weights in GPU memory are not those of the model's files. */
const CHANGES_WEIGHTS = new Set(['--quantization', '-q', '--cpu-offload-gb', '--hf-overrides', '--speculative-config']);

export const changesWeights = (args: readonly string[]): boolean =>
  args.some((argument) => CHANGES_WEIGHTS.has(optionName(argument)));

/** vLLM's `--gpu-memory-utilization`, whose default is 0.9 in the version that is pinned. */
export function gpuMemoryUtilization(args: readonly string[]): number {
  const at = args.findLastIndex((argument) => optionName(argument) === '--gpu-memory-utilization');
  if (at < 0) return 0.9;
  const text = args[at]?.includes('=') ? args[at].split('=')[1] : args[at + 1];
  const value = Number(text);
  return value > 0 && value <= 1 ? value : 0.9;
}
