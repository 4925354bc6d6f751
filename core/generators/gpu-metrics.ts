import { DcgmField } from '../engines/dcgm-metrics.ts';
import type { Measurement } from '../results/measurement.ts';
import { type ArtifactFiles, ArtifactName, readText } from './artifacts.ts';
import { type Sample, samplesOf, seriesOf } from './exposition.ts';
import { isWithin, type Window } from './window.ts';

/**
 * What the GPUs of the engine's node did while it was measured, from a DCGM exporter: means over the samples in
 * the window, of the mean over GPUs for utilisation, of the sums for power and memory. Every GPU of the node
 * counts, used or not. Null where there is no exporter, or none of its samples falls into the window.
 */
export async function readGpu(files: ArtifactFiles, window: Window): Promise<Measurement['gpu']> {
  const samples = samplesOf(await readText(files, ArtifactName.gpuMetrics)).filter(({ atMs }) =>
    isWithin(window, atMs),
  );
  const memoryMiB = meanOver(samples, DcgmField.memory, sum);
  const gpu = {
    utilisationPercent: meanOver(samples, DcgmField.utilisation, mean),
    powerWatts: meanOver(samples, DcgmField.power, sum),
    memoryGiB: memoryMiB === null ? null : memoryMiB / 1024,
  };
  return Object.values(gpu).every((value) => value === null) ? null : gpu;
}

function meanOver(samples: readonly Sample[], field: string, over: (gpus: number[]) => number): number | null {
  const values = samples.flatMap(({ exposition }) => {
    const gpus = [...seriesOf(exposition, [field])].map(({ value }) => value);
    return gpus.length === 0 ? [] : [over(gpus)];
  });
  return values.length === 0 ? null : mean(values);
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: number[]): number => sum(values) / values.length;
