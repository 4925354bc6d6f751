import type { Matrix } from '../matrix/types.ts';
import type { PriceQuote } from '../ports/prices.ts';
import { cost, usdPerHour } from '../pricing/quote.ts';
import { SHARED_RATES } from '../pricing/shared-rates.ts';
import { makespan } from './concurrency.ts';
import { type Deadlines, deadlines } from './deadlines.ts';
import { type Draft, neededSeconds } from './draft.ts';
import { byPhase, dearest, downloadsUsd, transitions, transitionsUsd } from './estimate.ts';
import { MAX_DEPLOYMENT_SECONDS } from './history.ts';
import { POLL_USD_PER_HOUR } from './poll.ts';
import type { DeploymentEstimate, Estimate, PlannedDeployment } from './types.ts';

/** What the deployments of a run have in common. */
export interface Shared {
  maxConcurrency: number;
  /** As expected, and at worst. */
  loadNodes: number;
  mostLoadNodes: number;
  loadNodePrice: PriceQuote;
}

/** Slack for what an estimate does not know: an image that crawls, a cell that is slow. */
const SLACK_SECONDS = 900;

/** Polls of the run itself, retries and the answers: 10,000 transitions and no more, whatever happens. */
const RUN_TRANSITIONS = 10_000;

/** The deadlines that the budget allows. */
export function runDeadlines(matrix: Matrix, drafts: readonly Draft[], shared: Shared): Deadlines {
  const cells = drafts.reduce((sum, { deployment }) => sum + deployment.cells.length, 0);
  return deadlines({
    deployments: drafts.map((item) => ({
      neededSeconds: neededSeconds(item),
      wishedSeconds: Math.min(
        MAX_DEPLOYMENT_SECONDS,
        // Twice as long as expected, but for the hold: that one is as long as it was asked for.
        2 * neededSeconds(item) -
          item.holdSeconds +
          item.prices.length * matrix.capacity.patienceSeconds +
          SLACK_SECONDS,
      ),
      usdPerHour: dearest(item.prices) + POLL_USD_PER_HOUR,
    })),
    concurrency: shared.maxConcurrency,
    sharedUsdPerHour:
      drafts.length === 0
        ? 0
        : SHARED_RATES.controlPlaneUsdPerHour + shared.mostLoadNodes * usdPerHour(shared.loadNodePrice),
    fixedUsd:
      downloadsUsd(
        drafts.map(({ deployment }) => deployment),
        shared.mostLoadNodes,
        matrix.staging,
      ) + transitionsUsd(RUN_TRANSITIONS + 30 * drafts.length + 30 * cells),
    budgetUsd: matrix.budgetUsd,
  });
}

/** Adds up what the run is expected to take and to cost. */
export function summarize(
  matrix: Matrix,
  drafts: readonly Draft[],
  deployments: readonly PlannedDeployment[],
  { maxConcurrency, loadNodes, loadNodePrice, ends }: Shared & { ends: Deadlines },
): Estimate {
  const estimates = drafts.map(({ estimate }) => estimate);
  const sum = (of: (estimate: DeploymentEstimate) => number) =>
    estimates.reduce((total, estimate) => total + of(estimate), 0);
  const makespanSeconds = makespan(
    estimates.map(({ seconds }) => seconds),
    maxConcurrency,
  );
  const count =
    drafts.length === 0
      ? 0
      : transitions(
          deployments.map(({ cells, poll, holdSeconds }, index) => ({
            estimate: estimates[index] as DeploymentEstimate,
            cells: cells.length,
            poll,
            holdSeconds,
          })),
        );
  const parts = {
    gpuUsd: sum(({ usd }) => usd),
    loadNodesUsd: loadNodes * cost(makespanSeconds, loadNodePrice),
    controlPlaneUsd: (makespanSeconds / 3600) * SHARED_RATES.controlPlaneUsdPerHour,
    downloadsUsd: downloadsUsd(
      drafts.map(({ deployment }) => deployment),
      loadNodes,
      matrix.staging,
    ),
    orchestrationUsd: transitionsUsd(count),
  };
  return {
    ...parts,
    totalUsd: Object.values(parts).reduce((total, usd) => total + usd, 0),
    worstCaseUsd: drafts.length === 0 ? 0 : ends.worstCaseUsd,
    transitions: count,
    phases: byPhase((phase) => ({
      seconds: sum(({ phases }) => phases[phase].seconds),
      usd: sum(({ phases }) => phases[phase].usd),
    })),
    makespanSeconds,
    deployments: estimates,
    loadNodePrice,
  };
}
