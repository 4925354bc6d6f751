import { type Faults, NO_FAULTS } from './faults.ts';
import { type Profile, profileFor } from './model/profiles.ts';

export interface EngineOptions {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** As `/v1/models` names it, and as requests must. */
  servedModelName: string;
  /** What is served under that name. */
  model: string;
  maxModelLen: number;
  profile: Profile;
  prefixCaching: boolean;
  /** Requests beyond this many in the queue get a 429. */
  maxWaitingQueueLength: number;
  seed: number;
  /** Multiplies every time of the model: 0.1 is ten times as fast. Not the startup duration. */
  timeScale: number;
  startupDurationMs: number;
  /** How long running requests may go on after close() or SIGTERM. */
  shutdownTimeoutMs: number;
  faults: Faults;
}

export const DEFAULT_MODEL = 'openai/gpt-oss-20b';

/** What a caller in this process leaves out; the command line has the same defaults. */
export function engineOptions(given: Partial<EngineOptions> = {}): EngineOptions {
  const model = given.model ?? DEFAULT_MODEL;
  return {
    host: '127.0.0.1',
    port: 0,
    servedModelName: model,
    model,
    maxModelLen: 8192,
    prefixCaching: false,
    maxWaitingQueueLength: 10_000,
    seed: 0,
    timeScale: 1,
    startupDurationMs: 0,
    shutdownTimeoutMs: 5_000,
    faults: NO_FAULTS,
    profile: given.profile ?? profileFor({ instanceType: 'g5.12xlarge', tensorParallel: 4, model }),
    ...given,
  };
}
