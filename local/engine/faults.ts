import { hash32 } from './model/noise.ts';
import { ApiError, badRequest, modelNotFound, promptTooLong } from './wire/errors.ts';

/** Things that go wrong on purpose, so that everything around an engine can be tried against them. Rates are 0 to 100. */
export interface Faults {
  /** The engine ends by itself, with this message, when its startup duration is over. */
  failAtStartup: string | undefined;
  /** `/health` answers 503 for ever. */
  neverHealthy: boolean;
  /** The process dies this long after it listens. */
  exitAfterMs: number | undefined;
  /** The process dies when this many requests have finished. */
  exitAfterRequests: number | undefined;
  failureInjectionRate: number;
  /** Empty means all of them. */
  failureTypes: FailureType[];
  streamFaultRate: number;
  /** In the middle of the output: the connection breaks, or nothing more comes. */
  streamFault: 'cut' | 'stall';
}

export const NO_FAULTS: Faults = {
  failAtStartup: undefined,
  neverHealthy: false,
  exitAfterMs: undefined,
  exitAfterRequests: undefined,
  failureInjectionRate: 0,
  failureTypes: [],
  streamFaultRate: 0,
  streamFault: 'cut',
};

/** The names of llm-d-inference-sim. */
const FAILURES = {
  rate_limit: () => new ApiError(429, 'TooManyRequestsError', 'Rate limit reached (injected).'),
  invalid_api_key: () => new ApiError(401, 'AuthenticationError', 'Incorrect API key provided (injected).'),
  context_length: (limits: Limits) => promptTooLong(limits.maxModelLen, limits.maxModelLen + 1),
  server_error: () => new ApiError(500, 'InternalServerError', 'EngineCore encountered an issue (injected).'),
  invalid_request: () => badRequest('Invalid request (injected).'),
  model_not_found: (limits: Limits) => modelNotFound(`${limits.model}-nonexistent`),
} satisfies Record<string, (limits: Limits) => ApiError>;

interface Limits {
  maxModelLen: number;
  model: string;
}

export type FailureType = keyof typeof FAILURES;

export const FAILURE_TYPES = Object.keys(FAILURES) as FailureType[];

/** Decides by the seed and the count of requests: a retry of the same prompt has its own luck. */
export class FaultDice {
  private readonly faults: Faults;
  private readonly seed: number;
  private readonly limits: Limits;
  private rolls = 0;

  constructor(faults: Faults, seed: number, limits: Limits) {
    this.faults = faults;
    this.seed = seed;
    this.limits = limits;
  }

  failure(): ApiError | undefined {
    const roll = this.roll();
    if (this.percent(roll) >= this.faults.failureInjectionRate) return undefined;
    const types = this.faults.failureTypes.length > 0 ? this.faults.failureTypes : FAILURE_TYPES;
    return FAILURES[types[hash32(`type ${roll}`, this.seed) % types.length]!](this.limits);
  }

  streamFault(): Faults['streamFault'] | undefined {
    return this.percent(this.roll()) < this.faults.streamFaultRate ? this.faults.streamFault : undefined;
  }

  private roll(): number {
    return this.rolls++;
  }

  private percent(roll: number): number {
    return (hash32(`roll ${roll}`, this.seed) / 2 ** 32) * 100;
  }
}
