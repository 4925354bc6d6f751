import type { Cell } from '../../plan/types.ts';
import { SCRATCH_FOLDER } from '../artifacts.ts';
import { type GeneratorInvocation, literal, type Target } from '../generator.ts';
import { flags, outputPins } from '../invocation.ts';
import { timeLimits } from '../time-limits.ts';
import { KEPT_CONNECTIONS } from './connections.ts';

/**
 * `aiperf profile` 0.13.0. Left out on purpose: `--failed-request-threshold`, which ends with 0 and an
 * empty error_summary, so that the errors it ended for are lost.
 */
export function aiperfArguments(cell: Cell, target: Target): GeneratorInvocation {
  return {
    command: ['aiperf', 'profile'],
    args: [
      ...flags({
        model: literal(target.model),
        url: target.engineUrlVariable,
        'endpoint-type': cell.endpoint,
        streaming: cell.streaming ? true : undefined,
        tokenizer: literal(target.tokenizer),
        'use-server-token-count': target.tokenCounts === 'tokenizer' ? undefined : true,
        concurrency: cell.concurrency ?? undefined,
        'request-rate': cell.requestRate ?? undefined,
        'request-count': cell.requestCount,
        'warmup-request-count': cell.warmupRequestCount > 0 ? cell.warmupRequestCount : undefined,
        'request-timeout-seconds': timeLimits(cell.timeoutSeconds).requestSeconds,
        isl: cell.isl,
        'isl-stddev': cell.islStddev,
        osl: cell.osl,
        'osl-stddev': cell.oslStddev,
        // A prompt for every request, one after another, so that warm-up and measurement share none: a prompt that was
        // seen before is answered from the prefix cache.
        'num-dataset-entries': cell.requestCount + cell.warmupRequestCount,
        'dataset-sampling-strategy': 'sequential',
        'random-seed': cell.seed,
        'artifact-dir': target.artifactDirVariable,
        ui: 'none',
        'gpu-telemetry': target.gpuMetricsUrl === undefined ? undefined : literal(target.gpuMetricsUrl),
        'no-gpu-telemetry': target.gpuMetricsUrl === undefined ? true : undefined,
        // It would ask the engine three times a second; the load script asks before and after.
        'no-server-metrics': true,
      }),
      ...outputPins(cell, target).flatMap((pin) => ['--extra-inputs', pin]),
    ],
    env: {
      // Each seed's prompts would stay in the home folder for good, and the memory maps in /tmp.
      AIPERF_DATASET_MMAP_CACHE_ENABLED: 'false',
      AIPERF_DATASET_MMAP_BASE_PATH: `${target.artifactDirVariable}/${SCRATCH_FOLDER}`,
      ...KEPT_CONNECTIONS,
    },
    // Whatever their value, it then refuses local tokenizers.
    unset: ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'],
  };
}
