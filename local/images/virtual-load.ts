import { ArtifactName } from '#core/generators/artifacts.ts';
import type { Cell, Deployment } from '#core/plan/types.ts';
import type { VirtualProcess, VirtualStart } from '../cluster/images.ts';
import { type Load, type Prediction, predict } from '../engine/model/predict.ts';
import { profileFor } from '../engine/model/profiles.ts';
import { aiperfFiles } from './aiperf-files.ts';
import { genaiPerfFiles } from './genai-perf-files.ts';

/** From the container's start to the first request: AIPerf's was 7 to 18 s, genai-perf's 10 to 16. */
const GENERATOR_START_SECONDS = 12;

/** What a load generator's time goes to, in seconds. */
export interface LoadSeconds {
  start: number;
  warmup: number;
  measure: number;
}

/** How a cell goes by the engine's model. */
function predictedSeconds(cell: Cell, prediction: Prediction): LoadSeconds {
  const perRequest = 1 / prediction.requestThroughputPerS;
  const oneWave = prediction.latencyMs / 1000;
  return {
    start: GENERATOR_START_SECONDS,
    warmup: cell.warmupRequestCount === 0 ? 0 : Math.max(cell.warmupRequestCount * perRequest, oneWave),
    measure: Math.max(cell.requestCount * perRequest, oneWave),
  };
}

export interface VirtualLoadOptions {
  nowMs: () => number;
  /** In place of the model's prediction: durations that somebody measured. */
  secondsOf?: (deployment: Deployment, cell: Cell) => LoadSeconds;
}

/** Nobody knows how fast a server is that somebody else runs: a rehearsal takes it for the slowest that was measured. */
const STAND_IN = { instanceType: 'g5.8xlarge', tensorParallel: 1 };

const predictCell = (
  deployment: Pick<Deployment, 'engine' | 'instanceType' | 'tensorParallel' | 'model'>,
  cell: Pick<Cell, 'isl' | 'osl' | 'concurrency' | 'requestRate'>,
): Prediction => {
  const load: Load =
    cell.concurrency === null
      ? { isl: cell.isl, osl: cell.osl, requestRate: cell.requestRate ?? 1 }
      : { isl: cell.isl, osl: cell.osl, concurrency: cell.concurrency };
  return predict(profileFor(deployment.engine === 'endpoint' ? { ...deployment, ...STAND_IN } : deployment), load);
};

/** The load generator as a duration plus files: the files are what its parser reads. */
export function virtualLoad(
  start: VirtualStart,
  deployment: Deployment,
  cell: Cell,
  { nowMs, secondsOf }: VirtualLoadOptions,
): VirtualProcess {
  const url = start.env.ENGINE_URL ?? '';
  const folder = start.env.ARTIFACT_DIR ?? '';
  // What answers elsewhere is taken to answer.
  const serving = () => deployment.endpoint !== undefined || start.serving(url);
  const write = (name: string, body: string) => start.files.write(`${folder}/${name}`, body);
  if (!serving()) {
    return {
      durationMs: GENERATOR_START_SECONDS * 1000,
      finish: () => {
        write(ArtifactName.stderr, 'no connection to the engine\n');
        write(ArtifactName.exitCode, '1\n');
      },
    };
  }
  const prediction = predictCell(deployment, cell);
  const seconds = secondsOf?.(deployment, cell) ?? predictedSeconds(cell, prediction);
  const startMs = nowMs() + (seconds.start + seconds.warmup) * 1000;
  const endMs = startMs + seconds.measure * 1000;
  return {
    durationMs: endMs - nowMs(),
    finish: () => {
      // An engine that died on the way answered nothing more.
      const files = serving()
        ? (deployment.generator === 'aiperf' ? aiperfFiles : genaiPerfFiles)({ cell, prediction, startMs, endMs })
        : { [ArtifactName.stderr]: 'the engine closed the connection\n', [ArtifactName.exitCode]: '1\n' };
      for (const [name, body] of Object.entries(files)) write(name, body);
    },
  };
}
