import { parseArgs } from 'node:util';
import { parseDurationMs } from './durations.ts';
import { FAILURE_TYPES, type FailureType, type Faults } from './faults.ts';
import { ZERO_LATENCY } from './model/latency.ts';
import { type Profile, profileFor } from './model/profiles.ts';
import { DEFAULT_MODEL, type EngineOptions, engineOptions } from './options.ts';

/** A mistake on the command line: the message is for the person who typed it. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** What vLLM is started with in earnest, and what no simulation depends on: accepted, so that one command fits both. */
const WITHOUT_EFFECT = {
  value: [
    'api-server-count attention-backend async-scheduling chat-template compilation-config config-format cpu-offload-gb',
    'data-parallel-size distributed-executor-backend download-dir dtype generation-config gpu-memory-utilization',
    'hf-overrides kv-cache-dtype load-format max-num-batched-tokens max-seq-len-to-capture model-loader-extra-config',
    'pipeline-parallel-size quantization reasoning-parser revision served-model-revision swap-space tokenizer',
    'tokenizer-mode tool-call-parser uvicorn-log-level',
  ],
  switch: [
    'disable-custom-all-reduce disable-log-requests disable-log-stats enable-auto-tool-choice enable-chunked-prefill',
    'enable-expert-parallel enable-log-requests enforce-eager trust-remote-code',
  ],
};

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
    profile: profile(flags, model),
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

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options, strict: true, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new FlagError((error as Error).message);
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

class FlagReader {
  private readonly values: Record<string, unknown>;

  constructor(values: Record<string, unknown>) {
    this.values = values;
  }

  text(name: string): string | undefined {
    return this.values[name] as string | undefined;
  }

  on(name: string): boolean {
    return this.values[name] === true;
  }

  number(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    return this.read(name, `a number from ${least} to ${most}`, (text) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      return value >= least && value <= most ? value : undefined;
    });
  }

  integer(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    return this.read(name, `a whole number from ${least} to ${most}`, (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    });
  }

  duration(name: string): number | undefined {
    return this.read(name, 'a duration such as 250ms or 2s', parseDurationMs);
  }

  choices(name: string, known: readonly string[]): string[] {
    const given = [this.values[name] ?? []].flat().flatMap((text) => String(text).split(','));
    for (const choice of given) {
      if (!known.includes(choice)) throw new FlagError(`--${name}: ${choice} is none of ${known.join(', ')}`);
    }
    return given;
  }

  private read<T>(name: string, wanted: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) throw new FlagError(`--${name} must be ${wanted}, not ${text}`);
    return value;
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const definedOnly = <T extends object>(object: T): Defined<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
