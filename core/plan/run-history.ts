import { EVENTS_PER_POLL, HISTORY_LIMIT, MAX_RELEASE_POLLS, RELEASE_POLL_SECONDS } from './history.ts';
import type { RunPollPlan } from './types.ts';

/**
 * How much of Step Functions' history the execution of a run writes. Everything that it waits for is asked for so often
 * at most: a wait without end would end in a full history, and that in no clear error and no release by the machine.
 */
export const RUN_POLLS: RunPollPlan = {
  clusterPollSeconds: 15,
  stagePollSeconds: 10,
  releasePollSeconds: RELEASE_POLL_SECONDS,
};

/** A statement over the rows of a run takes a second or two. */
export const ANSWER_POLL_SECONDS = 2;

/** An hour: EKS takes 13 to 16 minutes to make a cluster, some 10 to delete one before that, and 40 to change one. */
export const MAX_CLUSTER_POLLS = 3600 / RUN_POLLS.clusterPollSeconds;

/** Three hours: 700 GB of weights come in one at 200 MB/s. */
export const MAX_STAGE_POLLS = (3 * 3600) / RUN_POLLS.stagePollSeconds;

/** Each call that is not done yet has worked for 200 s: six hours and a half. */
export const MAX_FINALIZE_POLLS = 120;

/** Ten minutes for all statements together. */
export const MAX_ANSWER_POLLS = 600 / ANSWER_POLL_SECONDS;

/** The states that are passed once, the Distributed Map's events among them: 12 tasks and flow states, 50 at most. */
const ONCE = 50;

const POLLS = [MAX_CLUSTER_POLLS, MAX_STAGE_POLLS, MAX_FINALIZE_POLLS, MAX_RELEASE_POLLS, MAX_ANSWER_POLLS];

/**
 * When every wait takes as long as it may: (240 + 1,080 + 120 + 360 + 300 + 5) x 9 + 50 = 18,995 events. What is left of
 * the 25,000 is for retries, at 3 events each: some 2,000.
 */
export const MAX_RUN_EVENTS = POLLS.reduce((sum, waits) => sum + (waits + 1) * EVENTS_PER_POLL, ONCE);

/** For retries, which no plan foresees. */
export const RUN_EVENTS_LEFT = HISTORY_LIMIT - MAX_RUN_EVENTS;
