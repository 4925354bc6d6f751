/**
 * How much of Step Functions' history an execution of one deployment writes. A Standard execution fails for good at
 * 25,000 events ("Service quotas", Step Functions); each child of the Distributed Map has a history of its own.
 */
export const HISTORY_LIMIT = 25_000;

/**
 * What is planned for. The rest is for retries, which no plan foresees: one costs 3 events (scheduled, started,
 * failed), so 5,000 events are some 1,600 of them.
 */
const PLANNED_EVENTS = HISTORY_LIMIT - 5000;

/** Entered, scheduled, started, succeeded, exited. */
const TASK = 5;
/** A Wait, Choice or Pass: entered, exited. */
const FLOW = 2;

/** Wait, Task, Choice. */
export const EVENTS_PER_POLL = FLOW + TASK + FLOW;

/**
 * A turn of the map over cells: iteration started and succeeded (2), LaunchJob, RecordResult, and RecordFailure for
 * when that fails (15), three flow states between them (6).
 */
const EVENTS_PER_CELL = 2 + 3 * TASK + 3 * FLOW;

/**
 * Once a deployment: started and ended (2), ProvisionNodePool and DeployModel for each of three capacity types (30),
 * the map over cells (4), RecordFailure (5), and as many flow states as a machine of this size has (20, so 40).
 */
const EVENTS_PER_DEPLOYMENT = 2 + 3 * 2 * TASK + 4 + TASK + 20 * FLOW;

/** Between two questions whether a node is gone. */
export const RELEASE_POLL_SECONDS = 5;

/** How often it is asked before that is left to the sweeper: half an hour, which is more than a drain may take. */
export const MAX_RELEASE_POLLS = 1800 / RELEASE_POLL_SECONDS;

/** (360 + 1) x 9 = 3,249 events. */
const RELEASE_EVENTS = (MAX_RELEASE_POLLS + 1) * EVENTS_PER_POLL;

/** No node lives longer: half a day is far more than any sensible deployment takes. */
export const MAX_DEPLOYMENT_SECONDS = 12 * 3600;

/**
 * When the machine ends an execution, whatever it does. A run of deployments one after another may take days; a plan
 * that might take longer than this is refused, for its last deployments would be cut off.
 */
export const MAX_RUN_SECONDS = 14 * 24 * 3600;

/** The coarsest that a poll may get to spare history; a finished cell waits half of it on average, on a paid GPU. */
export const COARSEST_POLL_SECONDS = 60;

/** Events left for polling a deployment with so many cells; each cell asks once at least, and may end between polls. */
export const pollEventsLeft = (cells: number): number =>
  PLANNED_EVENTS -
  EVENTS_PER_DEPLOYMENT -
  RELEASE_EVENTS -
  EVENTS_PER_POLL -
  cells * (EVENTS_PER_CELL + EVENTS_PER_POLL);

/**
 * A deployment is in one wait at a time, for its model or for a cell, and both end with its deadline: at most
 * MAX_DEPLOYMENT_SECONDS / COARSEST_POLL_SECONDS = 720 polls, 6,480 events. What is left holds so many cells:
 * (20,000 - 81 - 3,249 - 9 - 6,480) / (23 + 9) = 318.
 */
export const MAX_CELLS_PER_DEPLOYMENT = Math.floor(
  (pollEventsLeft(0) - (MAX_DEPLOYMENT_SECONDS / COARSEST_POLL_SECONDS) * EVENTS_PER_POLL) /
    (EVENTS_PER_CELL + EVENTS_PER_POLL),
);

/**
 * Children of one Distributed Map ("Service quotas": 10,000 parallel child executions). What they all return is one
 * payload of 262,144 bytes at most, which leaves 26 to each: `{"status":"not-released"}` and a comma.
 */
export const MAX_DEPLOYMENTS = 10_000;
