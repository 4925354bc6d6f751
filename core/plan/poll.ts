import { SHARED_RATES } from '../pricing/shared-rates.ts';
import { COARSEST_POLL_SECONDS, EVENTS_PER_POLL, pollEventsLeft, RELEASE_POLL_SECONDS } from './history.ts';
import type { PollPlan } from './types.ts';

/** Below this the API of the cluster is asked more often than it changes. */
export const FINEST_POLL_SECONDS = 2;
/** Where history allows it: half of this is what a finished cell waits for on average. */
const COMFORTABLE_POLL_SECONDS = 5;

/** Three transitions at $0.000025 and a call of a task. */
const POLL_USD = 3 * SHARED_RATES.transitionUsd + SHARED_RATES.taskCallUsd;

/**
 * The interval that costs least: a wait of T seconds in steps of p pays T/p polls and, with its GPU idle, p/2
 * seconds of node. The sum is least at p = sqrt(2 T x poll / node).
 *
 * A cell of 50 s: 3.3 s on a g5.8xlarge ($0.00073 a second), 1.3 s on a g5.48xlarge.
 */
export const cheapestPollSeconds = (waitSeconds: number, nodeUsdPerSecond: number): number =>
  Math.sqrt((2 * waitSeconds * POLL_USD) / nodeUsdPerSecond);

/**
 * Seconds between two polls: as near to the cheapest as the history of the execution allows.
 *
 * @param timeoutSeconds all that may be waited, in every wait of the execution that polls at this interval
 * @param eventsLeft of the history, for polling alone
 * @param waitSeconds one wait, as it is expected to be
 */
export function pollInterval(of: {
  timeoutSeconds: number;
  eventsLeft: number;
  waitSeconds: number;
  nodeUsdPerSecond: number;
}): number {
  const wished = Math.round(cheapestPollSeconds(of.waitSeconds, of.nodeUsdPerSecond));
  const comfortable = Math.min(COMFORTABLE_POLL_SECONDS, Math.max(FINEST_POLL_SECONDS, wished));
  const polls = Math.floor(of.eventsLeft / EVENTS_PER_POLL);
  if (polls < 1) return COARSEST_POLL_SECONDS;
  return Math.min(COARSEST_POLL_SECONDS, Math.max(comfortable, Math.ceil(of.timeoutSeconds / polls)));
}

/** The polls of one deployment. Model and cells share the deadline, so they share the events too. */
export function deploymentPolls(of: {
  cells: number;
  maxSeconds: number;
  modelSeconds: number;
  cellSeconds: number;
  nodeUsdPerSecond: number;
}): PollPlan {
  const shared = {
    timeoutSeconds: of.maxSeconds,
    eventsLeft: pollEventsLeft(of.cells),
    nodeUsdPerSecond: of.nodeUsdPerSecond,
  };
  return {
    modelPollSeconds: pollInterval({ ...shared, waitSeconds: of.modelSeconds }),
    cellPollSeconds: pollInterval({ ...shared, waitSeconds: of.cellSeconds }),
    releasePollSeconds: RELEASE_POLL_SECONDS,
  };
}

/** The most that polling one deployment can cost. 1,800 polls an hour: $0.14. */
export const POLL_USD_PER_HOUR = (3600 / FINEST_POLL_SECONDS) * POLL_USD;
