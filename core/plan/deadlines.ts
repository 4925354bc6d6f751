/**
 * Deadlines from the budget: the stop that holds when the orchestrator is gone.
 *
 * A node that must be gone by its deadline may still be paid for a while after it: the pod's grace (30 s), the
 * NodePool's WhenEmpty (120 s) and a drain that takes its whole terminationGracePeriod (600 s).
 */
export const POD_GRACE_SECONDS = 30;
export const WHEN_EMPTY_SECONDS = 120;
export const DRAIN_SECONDS = 600;

/** 30 + 120 + 600 = 750 s. */
export const RELEASE_ALLOWANCE_SECONDS = POD_GRACE_SECONDS + WHEN_EMPTY_SECONDS + DRAIN_SECONDS;

/** A new EKS cluster takes 13-16 min; staging a model on a CPU node and ending the run, half an hour each at most. */
const CLUSTER_ALLOWANCE_SECONDS = 1800;
const STAGE_ALLOWANCE_SECONDS = 1800;
const FINISH_ALLOWANCE_SECONDS = 1800;

const OUTSIDE_DEPLOYMENTS_SECONDS = CLUSTER_ALLOWANCE_SECONDS + STAGE_ALLOWANCE_SECONDS + FINISH_ALLOWANCE_SECONDS;

interface DeadlineRequest {
  deployments: readonly {
    /** Until its last cell is recorded, as estimated. */
    neededSeconds: number;
    /** What it would have if money were no matter. */
    wishedSeconds: number;
    /** Of the dearest capacity type it may get, with what polling it costs. */
    usdPerHour: number;
  }[];
  /** Deployments at once, at least 1. */
  concurrency: number;
  /** Load generators and control plane, as long as the run lasts. */
  sharedUsdPerHour: number;
  /** What does not depend on time. */
  fixedUsd: number;
  budgetUsd: number;
}

export interface Deadlines {
  /** In the order of the deployments. */
  maxSeconds: number[];
  /** Of the whole run. */
  runMaxSeconds: number;
  worstCaseUsd: number;
  /** False when even the least, the estimate and not a second more, costs more than the budget. */
  withinBudget: boolean;
}

/**
 * The run at its longest, in whatever order the map starts its children: with k at once the last to start waits at
 * most for the others' sum over k, so makespan <= sum / k + (1 - 1/k) x longest (Graham's bound for list scheduling).
 */
export function longestRunSeconds(maxSeconds: readonly number[], concurrency: number): number {
  let sum = 0;
  let longest = 0;
  for (const seconds of maxSeconds) {
    const whole = seconds + RELEASE_ALLOWANCE_SECONDS;
    sum += whole;
    longest = Math.max(longest, whole);
  }
  return Math.ceil(OUTSIDE_DEPLOYMENTS_SECONDS + sum / concurrency + (1 - 1 / concurrency) * longest);
}

/** All deployments to their deadlines, each node slow to go, and what the run shares for as long as that takes. */
export function worstCaseUsd(request: DeadlineRequest, maxSeconds: readonly number[]): number {
  const nodes = request.deployments.reduce(
    (usd, { usdPerHour }, index) =>
      usd + (((maxSeconds[index] as number) + RELEASE_ALLOWANCE_SECONDS) / 3600) * usdPerHour,
    0,
  );
  const hours = longestRunSeconds(maxSeconds, request.concurrency) / 3600;
  return nodes + hours * request.sharedUsdPerHour + request.fixedUsd;
}

/** Halvings of [0, 1]: the share is found to a millionth. */
const STEPS = 20;

/**
 * Gives every deployment the same share x of the way from what it needs to what it wishes, with x as large as the
 * budget allows. The worst case grows with x, so halving finds it.
 */
export function deadlines(request: DeadlineRequest): Deadlines {
  const at = (share: number) =>
    request.deployments.map(({ neededSeconds, wishedSeconds }) =>
      Math.floor(Math.ceil(neededSeconds) + share * Math.max(0, wishedSeconds - Math.ceil(neededSeconds))),
    );
  const fits = (share: number) => worstCaseUsd(request, at(share)) <= request.budgetUsd;
  let low = 0;
  if (fits(1)) low = 1;
  else {
    let high = 1;
    for (let step = 0; step < STEPS; step++) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
  }
  const maxSeconds = at(low);
  const usd = worstCaseUsd(request, maxSeconds);
  return {
    maxSeconds,
    runMaxSeconds: longestRunSeconds(maxSeconds, request.concurrency),
    worstCaseUsd: usd,
    withinBudget: usd <= request.budgetUsd,
  };
}
