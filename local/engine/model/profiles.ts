import { type Gpu, gpuOf, knownFamilies } from './gpus.ts';
import type { Capacity, LatencyModel } from './latency.ts';
import { MEASURED, MEASURED_MODEL, type MeasuredProfile } from './measured.ts';
import { type ModelSize, modelSize } from './model-size.ts';

/** `seed` is fitted to measurements of this very combination; `extrapolated` scales one; `custom` was typed in. */
type ProfileSource = 'seed' | 'extrapolated' | 'custom';

export interface Profile {
  latency: LatencyModel;
  capacity: Capacity;
  source: ProfileSource;
  /** Where the numbers come from, in a sentence for people: it goes wherever simulated results are shown. */
  provenance: string;
}

export interface ProfileRequest {
  instanceType: string;
  tensorParallel: number;
  model: string;
}

export class UnknownInstanceTypeError extends Error {
  override readonly name = 'UnknownInstanceTypeError';
}

/** @throws UnknownInstanceTypeError for an instance family without GPU facts. */
export function profileFor(request: ProfileRequest): Profile {
  const gpu = gpuOf(request.instanceType);
  if (gpu === undefined) {
    throw new UnknownInstanceTypeError(
      `The simulator knows no GPU of ${request.instanceType}. Use one of the families ${knownFamilies().join(', ')}, ` +
        'or give --time-to-first-token and --inter-token-latency yourself.',
    );
  }
  const size = modelSize(request.model);
  const capacity = capacityOf(gpu, request.tensorParallel, size);
  const seed = MEASURED.find(
    (m) => m.instanceType === request.instanceType && m.tensorParallel === request.tensorParallel,
  );
  if (seed !== undefined && isMeasuredModel(request.model)) {
    return {
      latency: latencyOf(seed),
      capacity,
      source: 'seed',
      provenance: `fitted to ${MEASURED_MODEL} measured on ${request.instanceType} with TP=${request.tensorParallel}`,
    };
  }
  return { ...extrapolate(request, gpu, size), capacity };
}

const isMeasuredModel = (model: string): boolean => model.toLowerCase().includes('gpt-oss-20b');

/**
 * Scaled from the same instance type where it was measured, else single GPUs from a single GPU and groups from a
 * group: the cost of their talk over PCIe stays in.
 */
const SINGLE = MEASURED.find((m) => m.instanceType === 'g5.8xlarge')!;
const GROUP = MEASURED.find((m) => m.instanceType === 'g5.12xlarge')!;

/** Four GPUs without NVLink gave 1.75 times the throughput of one under load: 4 ** 0.4. */
const GROUP_GAIN = 0.4;

/**
 * The time with one request in flight is bound by reading the weights: it goes with their size over memory bandwidth.
 * What load adds, and prefill, is arithmetic: it goes with active parameters over compute. No figure of a faster
 * interconnect is taken in, so instances with NVLink come out too slow.
 */
function extrapolate(request: ProfileRequest, gpu: Gpu, size: ModelSize): Omit<Profile, 'capacity'> {
  const from =
    MEASURED.find((m) => m.instanceType === request.instanceType) ?? (request.tensorParallel === 1 ? SINGLE : GROUP);
  const fromGpu = gpuOf(from.instanceType)!;
  const fromSize = modelSize(MEASURED_MODEL);
  const gpus = from.tensorParallel / request.tensorParallel;
  const reading = (fromGpu.bandwidthGBPerS / gpu.bandwidthGBPerS) * gpus * (size.weightsGiB / fromSize.weightsGiB);
  const arithmetic =
    (fromGpu.denseTflops / gpu.denseTflops) * gpus ** GROUP_GAIN * (size.activeParameters / fromSize.activeParameters);
  const interTokenLatencyMs = from.interTokenLatencyMs * reading;
  const addedByLoadMs = from.interTokenLatencyMs * (from.timeFactorUnderLoad - 1) * arithmetic;
  return {
    latency: latencyOf({
      ...from,
      interTokenLatencyMs,
      timeFactorUnderLoad: 1 + addedByLoadMs / interTokenLatencyMs,
      prefillTimePerTokenMs: from.prefillTimePerTokenMs * arithmetic,
    }),
    source: 'extrapolated',
    provenance:
      `extrapolated from ${MEASURED_MODEL} on ${from.instanceType} with TP=${from.tensorParallel} to ${request.model} ` +
      `(${size.basis}) on ${request.tensorParallel} x ${gpu.name} by memory bandwidth and compute: not a measurement`,
  };
}

/** As `--max-num-seqs 256` was in the measurements, and the count at which `timeFactorUnderLoad` holds. */
const MAX_NUM_SEQS = 256;

/** Small and invented, so that repeats differ as they do on real nodes: 5 % a token, 10 % of a 200-token prefill. */
const GAP_JITTER = 0.05;
const PREFILL_JITTER = 0.1;
const PREFILL_JITTER_TOKENS = 200;

function latencyOf(measured: MeasuredProfile): LatencyModel {
  // A prompt joins the batch at the next step: an overhead of one step.
  const prefillOverheadMs = measured.interTokenLatencyMs;
  return {
    timeToFirstTokenMs: null,
    timeToFirstTokenStdDevMs: 0,
    prefillOverheadMs,
    prefillTimePerTokenMs: measured.prefillTimePerTokenMs,
    prefillTimeStdDevMs: PREFILL_JITTER * (prefillOverheadMs + PREFILL_JITTER_TOKENS * measured.prefillTimePerTokenMs),
    interTokenLatencyMs: measured.interTokenLatencyMs,
    interTokenLatencyStdDevMs: GAP_JITTER * measured.interTokenLatencyMs,
    timeFactorUnderLoad: measured.timeFactorUnderLoad,
    loadReferenceSeqs: MAX_NUM_SEQS,
    loadExponent: measured.loadExponent,
  };
}

/** `--gpu-memory-utilization 0.90`, less about 2 GiB a GPU of activations and graphs, less the weights. */
function capacityOf(gpu: Gpu, tensorParallel: number, size: ModelSize): Capacity {
  const freeGiB = tensorParallel * (0.9 * gpu.memoryGiB - 2) - size.weightsGiB;
  const tokens = Math.floor((freeGiB * 2 ** 30) / size.kvBytesPerToken);
  return { maxNumSeqs: MAX_NUM_SEQS, kvCacheTokens: Math.max(0, tokens), blockSizeTokens: 16 };
}
