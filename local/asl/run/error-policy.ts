import { StateFailure, StatesError } from './failure.ts';
import { HistoryFull } from './history.ts';
import type { Exit, Outcome, Step } from './step.ts';

export interface Retrier {
  errorEquals: string[];
  intervalSeconds: number;
  maxAttempts: number;
  backoffRate: number;
  maxDelaySeconds: number;
  jitter: 'NONE' | 'FULL';
}

export interface Catcher {
  errorEquals: string[];
  exit: Exit;
}

export interface ErrorPolicy {
  retriers: Retrier[];
  catchers: Catcher[];
}

/** No wildcard matches these; the documentation calls them terminal. */
const terminal: (string | undefined)[] = [StatesError.DataLimitExceeded, StatesError.Runtime];

const matches = (names: string[], failure: StateFailure): boolean => {
  if (failure instanceof HistoryFull || failure.error === StatesError.Runtime) return false;
  return names.some((name) => {
    if (name === failure.error) return true;
    if (terminal.includes(failure.error)) return false;
    return name === StatesError.All || (name === StatesError.TaskFailed && failure.error !== StatesError.Timeout);
  });
};

/** Seconds before the n-th retry (n from 0): interval x rate^n, at most the maximum, before jitter. */
const retryDelaySeconds = (retrier: Retrier, retries: number): number =>
  Math.min(retrier.intervalSeconds * retrier.backoffRate ** retries, retrier.maxDelaySeconds);

/** How often each retrier of a state has been used in one visit of it. */
class Retries {
  readonly #used = new Map<Retrier, number>();
  readonly #step: Step;
  readonly #retriers: Retrier[];

  constructor(step: Step, retriers: Retrier[]) {
    this.#step = step;
    this.#retriers = retriers;
  }

  /** Milliseconds to wait before the next attempt; undefined when there is none. Only the first retrier that matches counts. */
  next(failure: StateFailure): number | undefined {
    const retrier = this.#retriers.find((candidate) => matches(candidate.errorEquals, failure));
    if (retrier === undefined) return undefined;
    const used = this.#used.get(retrier) ?? 0;
    if (used >= retrier.maxAttempts) return undefined;
    this.#used.set(retrier, used + 1);
    const seconds = retryDelaySeconds(retrier, used);
    const jitter = retrier.jitter === 'FULL' ? this.#step.branch.execution.services.random() : 1;
    return Math.round(seconds * 1000 * jitter);
  }
}

/**
 * Runs a state's attempt under its Retry and Catch.
 * @param beforeGivingUp is told when no retry is left, before a Catch is looked for.
 */
export const runWithPolicy = (
  step: Step,
  policy: ErrorPolicy,
  attempt: () => Outcome | Promise<Outcome>,
  beforeGivingUp: () => void = () => {},
): Outcome | Promise<Outcome> => {
  const recover = async (firstError: unknown): Promise<Outcome> => {
    const retries = new Retries(step, policy.retriers);
    let error = firstError;
    for (;;) {
      if (!(error instanceof StateFailure)) throw error;
      const failure = step.recordFailure(error);
      const delayMs = retries.next(failure);
      if (delayMs === undefined) return giveUp(failure);
      await step.branch.wait(delayMs);
      step.retryCount++;
      step.branch.execution.services.transitions++;
      try {
        return await attempt();
      } catch (nextError) {
        error = nextError;
      }
    }
  };
  const giveUp = (failure: StateFailure): Outcome | Promise<Outcome> => {
    if (!(failure instanceof HistoryFull)) beforeGivingUp();
    const catcher = policy.catchers.find((candidate) => matches(candidate.errorEquals, failure));
    if (catcher === undefined) throw failure;
    const errorOutput = failure.output;
    return step.leave(catcher.exit, step.scope({ errorOutput }), errorOutput);
  };
  try {
    const outcome = attempt();
    return outcome instanceof Promise ? outcome.catch(recover) : outcome;
  } catch (error) {
    return recover(error);
  }
};
