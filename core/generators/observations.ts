import type { Measurement } from '../results/measurement.ts';
import type { ArtifactFiles } from './artifacts.ts';
import { readClientCpuShare } from './client-cpu.ts';
import { readClockStepSeconds } from './clock-step.ts';
import { readEngineWord } from './engine-metrics.ts';
import { readGpu } from './gpu-metrics.ts';
import { readPrefixCacheReset } from './prefix-cache-reset.ts';
import { readSimulatorProfile } from './simulator-profile.ts';

type Observations = Required<
  Pick<
    Measurement,
    | 'engineCounters'
    | 'engineRestarted'
    | 'prefixCacheReset'
    | 'clientCpuShare'
    | 'clockStepSeconds'
    | 'gpu'
    | 'simulatorProfile'
  >
>;

/**
 * What the load script saw besides the generator, the same for every generator.
 *
 * @param measured from the first measured request to the last response, ISO times.
 * @param reported what the generator itself says of the GPUs; the load script's own samples come first.
 */
export async function readObservations(
  files: ArtifactFiles,
  measured: { startedAt: string; endedAt: string },
  reported: Measurement['gpu'],
): Promise<Observations> {
  const window = { startMs: Date.parse(measured.startedAt), endMs: Date.parse(measured.endedAt) };
  const [engine, gpu, clientCpuShare, clockStepSeconds, prefixCacheReset, simulatorProfile] = await Promise.all([
    readEngineWord(files),
    readGpu(files, window),
    readClientCpuShare(files, window),
    readClockStepSeconds(files),
    readPrefixCacheReset(files),
    readSimulatorProfile(files),
  ]);
  return { ...engine, gpu: gpu ?? reported, clientCpuShare, clockStepSeconds, prefixCacheReset, simulatorProfile };
}
