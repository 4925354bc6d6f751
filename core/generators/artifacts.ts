/**
 * The files of one attempt at a cell, as the load Job leaves them in $(ARTIFACT_DIR), and how they are read.
 * Beside these stand the generator's own files, under the names that it gives them.
 */
export const ArtifactName = {
  /**
   * One integer, written last and atomically: its presence says that the load script came to its end.
   * 124 the script's own time limit, 127 the generator is not installed, 143 the pod was told to stop,
   * 128 + n ended by signal n; anything else is the generator's own code, which is no verdict: success is
   * judged by the files.
   */
  exitCode: 'exit-code',
  stdout: 'stdout.log',
  stderr: 'stderr.log',
  /** The engine's /metrics, before the warm-up and after the last response; absent when it did not answer. */
  metricsBefore: 'metrics-before.prom',
  metricsAfter: 'metrics-after.prom',
  /** While the load ran, every few seconds: the engine's gauges, what a DCGM exporter says, this machine's CPU. */
  metricsDuring: 'metrics-during.prom',
  gpuMetrics: 'gpu-metrics.prom',
  clientCpu: 'client-cpu.prom',
  /** From before the load to after it, every few seconds: `WALL MONOTONIC` in seconds, read together. */
  clock: 'clock',
  /** What came of asking the engine to drop its prefix cache: a status and a body, or why there was no answer. */
  prefixCacheReset: 'prefix-cache-reset',
} as const;

/** The generator's working files; removed at the end, so they are no artifact. */
export const SCRATCH_FOLDER = '.scratch';

export const ExitCode = { timeLimit: 124, notInstalled: 127, stopped: 143 } as const;

/** A narrow reader over the artifacts of one attempt. Names are relative to its folder, with `/` in between. */
export interface ArtifactFiles {
  list(): Promise<string[]>;
  /** Undefined when there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** For files that may not fit in memory: an export of every request grows with the output tokens. */
  stream(name: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

export async function readText(files: ArtifactFiles, name: string): Promise<string | undefined> {
  const bytes = await files.read(name);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** Undefined when the load script did not come to its end. */
export async function readExitCode(files: ArtifactFiles): Promise<number | undefined> {
  const text = (await readText(files, ArtifactName.exitCode))?.trim();
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}
