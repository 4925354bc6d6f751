import { parseArgs } from 'node:util';
import { FAILURE_TYPES, type FailureType, type Faults } from './faults.ts';
import { FlagError, FlagReader } from './flag-reader.ts';
import { ZERO_LATENCY } from './model/latency.ts';
import { type Profile, profileFor } from './model/profiles.ts';
import { DEFAULT_MODEL, type EngineOptions, engineOptions } from './options.ts';
import { spelledOut, WITHOUT_EFFECT } from './vllm-flags.ts';

const names = (lines: string[]): string[] => lines.flatMap((line) => line.split(' '));

const VALUES = [
  'host port model served-model-name max-model-len seed',
  'instance-type tensor-parallel-size',
  'time-to-first-token time-to-first-token-std-dev inter-token-latency inter-token-latency-std-dev',
  'prefill-overhead prefill-time-per-token prefill-time-std-dev time-factor-under-load load-exponent',
  'max-num-seqs max-waiting-queue-length kv-cache-size block-size',
  'time-scale startup-duration shutdown-timeout',
  'failure-injection-rate fail-at-startup exit-after exit-after-requests stream-fault stream-fault-rate',
];

const SWITCHES = ['enable-prefix-caching never-healthy help'];

const options = Object.fromEntries([
  ...names([...VALUES, ...WITHOUT_EFFECT.value]).map((name) => [name, { type: 'string' as const }]),
  ...names([...SWITCHES, ...WITHOUT_EFFECT.switch]).map((name) => [name, { type: 'boolean' as const }]),
  ['failure-types', { type: 'string' as const, multiple: true }],
]);

export interface Parsed {
  options: EngineOptions;
  /** Flags of vLLM that were given and change nothing. */
  withoutEffect: string[];
}

/**
 * `[serve] [MODEL] --flag value ...`, with the names of vLLM and llm-d-inference-sim.
 * @throws FlagError
 */
export function parseFlags(argv: string[]): Parsed | 'help' {
  const { values, positionals } = parse(argv);
  const flags = new FlagReader(values);
  if (flags.on('help')) return 'help';
  const [positional, ...rest] = positionals[0] === 'serve' ? positionals.slice(1) : positionals;
  if (rest.length > 0) throw new FlagError(`unexpected argument ${rest[0]}`);
  const model = flags.text('model') ?? positional ?? DEFAULT_MODEL;
  const given = {
    host: flags.text('host'),
    port: flags.integer('port', 0, 65_535),
    model,
    servedModelName: flags.text('served-model-name') ?? model,
    maxModelLen: flags.integer('max-model-len', 2),
    profile: profile(flags, sizeName(model, flags.text('served-model-name'))),
    prefixCaching: flags.on('enable-prefix-caching'),
    maxWaitingQueueLength: flags.integer('max-waiting-queue-length', 1),
    seed: flags.integer('seed', 0),
    timeScale: flags.number('time-scale', 1e-6),
    startupDurationMs: flags.duration('startup-duration'),
    shutdownTimeoutMs: flags.duration('shutdown-timeout'),
    faults: faults(flags),
  };
  const ignored = new Set(names([...WITHOUT_EFFECT.value, ...WITHOUT_EFFECT.switch]));
  return {
    options: engineOptions(definedOnly(given)),
    withoutEffect: Object.keys(values).filter((name) => ignored.has(name)),
  };
}

/** Weights at a path or in a bucket say less about themselves than the name that they are served under. */
const sizeName = (model: string, served: string | undefined): string =>
  served !== undefined && /:\/\/|^[/.]/.test(model) ? served : model;

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv.map(spelledOut),
      options,
      strict: true,
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    const unknown = /^Unknown option '([^']+)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined) throw new FlagError((error as Error).message);
    throw new FlagError(`${unknown} is no flag of the simulator, nor one of vllm serve that it knows.`);
  }
}

/** The instance type's profile, with each latency that was typed in over it; without an instance type only those. */
function profile(flags: FlagReader, model: string): Profile {
  const instanceType = flags.text('instance-type');
  const tensorParallel = flags.integer('tensor-parallel-size', 1) ?? 1;
  const base: Profile =
    instanceType === undefined
      ? {
          latency: ZERO_LATENCY,
          capacity: { maxNumSeqs: 256, kvCacheTokens: 2 ** 20, blockSizeTokens: 16 },
          source: 'custom',
          provenance: 'typed in',
        }
      : known(() => profileFor({ instanceType, tensorParallel, model }));
  const typed = definedOnly({
    timeToFirstTokenMs: flags.duration('time-to-first-token'),
    timeToFirstTokenStdDevMs: flags.duration('time-to-first-token-std-dev'),
    prefillOverheadMs: flags.duration('prefill-overhead'),
    prefillTimePerTokenMs: flags.duration('prefill-time-per-token'),
    prefillTimeStdDevMs: flags.duration('prefill-time-std-dev'),
    interTokenLatencyMs: flags.duration('inter-token-latency'),
    interTokenLatencyStdDevMs: flags.duration('inter-token-latency-std-dev'),
    timeFactorUnderLoad: flags.number('time-factor-under-load', 1),
    loadExponent: flags.number('load-exponent', 0),
  });
  const maxNumSeqs = flags.integer('max-num-seqs', 1) ?? base.capacity.maxNumSeqs;
  const blockSizeTokens = flags.integer('block-size', 1) ?? base.capacity.blockSizeTokens;
  const blocks = flags.integer('kv-cache-size', 1);
  const kvCacheTokens = blocks === undefined ? base.capacity.kvCacheTokens : blocks * blockSizeTokens;
  // A factor that was typed in holds at the max-num-seqs beside it; a fitted one at that of its measurement.
  const loadReferenceSeqs =
    typed.timeFactorUnderLoad === undefined && instanceType !== undefined ? base.latency.loadReferenceSeqs : maxNumSeqs;
  const changed = Object.keys(typed).length > 0;
  return {
    latency: { ...base.latency, ...typed, loadReferenceSeqs },
    capacity: { maxNumSeqs, blockSizeTokens, kvCacheTokens },
    source: changed ? 'custom' : base.source,
    provenance: changed && instanceType !== undefined ? `typed in over: ${base.provenance}` : base.provenance,
  };
}

function known(profile: () => Profile): Profile {
  try {
    return profile();
  } catch (error) {
    throw new FlagError((error as Error).message);
  }
}

function faults(flags: FlagReader): Faults {
  return {
    failAtStartup: flags.text('fail-at-startup'),
    neverHealthy: flags.on('never-healthy'),
    exitAfterMs: flags.duration('exit-after'),
    exitAfterRequests: flags.integer('exit-after-requests', 1),
    failureInjectionRate: flags.number('failure-injection-rate', 0, 100) ?? 0,
    failureTypes: flags.choices('failure-types', FAILURE_TYPES) as FailureType[],
    streamFaultRate: flags.number('stream-fault-rate', 0, 100) ?? 0,
    streamFault: (flags.choices('stream-fault', ['cut', 'stall'])[0] ?? 'cut') as Faults['streamFault'],
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const definedOnly = <T extends object>(object: T): Defined<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
