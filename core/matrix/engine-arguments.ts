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

/**
 * vLLM takes `--option value`, `--option=value` and underscores for hyphens. An option and its value in one entry are a
 * mistake of their own: until it is put right, the option is read as the one that was meant.
 */
const optionName = (argument: string): string =>
  (argument.trimStart().split(/[=\s]/, 1)[0] as string).replace(/(?<=[a-z])_/g, '-');

/** What stands behind an option in the same entry. */
const valueIn = (argument: string): string | undefined => /^\s*-[^=\s]*(?:=|\s+)(.*)$/.exec(argument)?.[1];

export const ownedArgument = (argument: string): string | undefined => {
  const name = optionName(argument);
  return Object.hasOwn(OWNED_ARGUMENTS, name) ? OWNED_ARGUMENTS[name] : undefined;
};

/** With these the weights in GPU memory are not those of the model's files. */
const CHANGES_WEIGHTS = new Set(['--quantization', '-q', '--cpu-offload-gb', '--hf-overrides', '--speculative-config']);

export const changesWeights = (args: readonly string[]): boolean =>
  args.some((argument) => CHANGES_WEIGHTS.has(optionName(argument)));

/** The value of the last of several, which is the one that vLLM takes; undefined without the option. */
function optionValue(args: readonly string[], option: string): string | undefined {
  const at = args.findLastIndex((argument) => optionName(argument) === option);
  return at < 0 ? undefined : (valueIn(args[at] as string) ?? args[at + 1] ?? '');
}

/** vLLM's `--gpu-memory-utilization`, whose default is 0.9 in the version that is pinned. */
export function gpuMemoryUtilization(args: readonly string[]): number {
  const value = Number(optionValue(args, '--gpu-memory-utilization') ?? '');
  return value > 0 && value <= 1 ? value : 0.9;
}

/** With these a context is longer than the model's configuration has it. */
const STRETCHES_CONTEXT = new Set(['--hf-overrides', '--rope-scaling', '--rope-theta', '--hf-config-path']);

export const stretchesContext = (args: readonly string[]): boolean =>
  args.some((argument) => STRETCHES_CONTEXT.has(optionName(argument)));

/** vLLM's suffixes of whole numbers: small letters count in thousands, capitals in powers of 1024. */
const FACTORS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** vLLM's `--max-model-len` in tokens, written as 8192, 8k, 8K or 1.5k; undefined where it is left to the model. */
export function maxModelLength(args: readonly string[]): number | undefined {
  const [, digits, suffix] = /^(\d+(?:\.\d+)?)([kmgKMG])?$/.exec(optionValue(args, '--max-model-len') ?? '') ?? [];
  const tokens = Math.floor(Number(digits) * (suffix === undefined ? 1 : (FACTORS[suffix] as number)));
  return tokens > 0 ? tokens : undefined;
}

/**
 * An entry that is more than one argument: it would reach vLLM as a single one, which has no option of that name.
 * Values may well have spaces, also behind `--option=`.
 */
export function asSeveral(argument: string): string[] | undefined {
  const trimmed = argument.trim();
  // Of other white space it is said that none can stand here.
  if (!trimmed.startsWith('-') || /[^\S ]/.test(argument)) return undefined;
  if (!/^-[^=\s]*\s/.test(trimmed)) {
    const isPadded = trimmed !== argument && (/^\s/.test(argument) || !trimmed.includes('='));
    return isPadded ? [trimmed] : undefined;
  }
  const [option = '', ...words] = trimmed.split(/\s+/);
  const isPlain = !/["'{[]/.test(trimmed);
  return isPlain ? [option, ...words] : [option, trimmed.slice(option.length).trimStart()];
}
