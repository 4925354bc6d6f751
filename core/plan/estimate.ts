import { knownWeightsGiB } from '../matrix/models.ts';
import type { MatrixCell, MatrixDeployment } from '../matrix/types.ts';
import type { PriceQuote } from '../ports/prices.ts';
import { cost, usdPerHour } from '../pricing/quote.ts';
import { SHARED_RATES } from '../pricing/shared-rates.ts';
import type { PhaseDurations } from './durations.ts';
import { runsAlready } from './runs-already.ts';
import { type DeploymentEstimate, NODE_PHASES, type NodePhase, type PhaseEstimate, type PollPlan } from './types.ts';

/** Seconds that a cell's load takes on that deployment, warm-up included. */
export type CellSeconds = (cell: MatrixCell, deployment: MatrixDeployment) => number;

/** What one node does and costs, phase by phase. Its launch is counted whole, although billing starts within it. */
export function estimateDeployment(of: {
  deployment: MatrixDeployment;
  price: PriceQuote;
  durations: PhaseDurations;
  cellSeconds: CellSeconds;
  /** After the last cell, for requests by hand. */
  holdSeconds: number;
}): DeploymentEstimate {
  const { deployment, price, durations } = of;
  const seconds: Record<NodePhase, number> = {
    launch: durations.launch,
    pull: durations.pull,
    load: durations.load,
    measure: deployment.cells.reduce((sum, cell) => sum + of.cellSeconds(cell, deployment), 0),
    idle: deployment.cells.length * durations.cellOverhead + of.holdSeconds,
    release: durations.release,
  };
  const total = NODE_PHASES.reduce((sum, phase) => sum + seconds[phase], 0);
  return {
    deployment: deployment.id,
    instanceType: deployment.instanceType,
    seconds: total,
    usd: cost(total, price),
    phases: byPhase((phase) => ({ seconds: seconds[phase], usd: cost(seconds[phase], price) })),
    price,
  };
}

export const byPhase = (of: (phase: NodePhase) => PhaseEstimate): Record<NodePhase, PhaseEstimate> =>
  Object.fromEntries(NODE_PHASES.map((phase) => [phase, of(phase)])) as Record<NodePhase, PhaseEstimate>;

/** Compressed sizes as registries have them, in GB, rounded up: vLLM's image, and the larger of the generators'. */
const ENGINE_IMAGE_GB = 10;
const GENERATOR_IMAGE_GB = 10;
/** A model whose size nobody gave. */
const UNKNOWN_WEIGHTS_GIB = 20;
const GB_PER_GIB = 2 ** 30 / 1e9;

const weightsUsd = ({ weightsGiB, model }: MatrixDeployment): number =>
  (weightsGiB ?? knownWeightsGiB(model) ?? UNKNOWN_WEIGHTS_GIB) * GB_PER_GIB * SHARED_RATES.natUsdPerGb;

/** What comes through NAT for each node of a deployment: the image, and the weights where they are not staged. */
export const engineDownloadUsd = (deployment: MatrixDeployment, staging: 'bucket' | 'hub'): number =>
  ENGINE_IMAGE_GB * SHARED_RATES.natUsdPerGb + (staging === 'hub' ? weightsUsd(deployment) : 0);

/** The same for each node of the load generators. */
export const LOAD_DOWNLOAD_USD = GENERATOR_IMAGE_GB * SHARED_RATES.natUsdPerGb;

/** What staging comes to, by model: once each. */
export const stagingUsd = (all: readonly MatrixDeployment[], staging: 'bucket' | 'hub'): Record<string, number> =>
  staging === 'hub'
    ? {}
    : Object.fromEntries(all.filter((one) => !runsAlready(one)).map((one) => [one.model, weightsUsd(one)]));

/** What comes through NAT: images on every node; weights once a model, or on every node that pulls from the hub. */
export function downloadsUsd(all: readonly MatrixDeployment[], loadNodes: number, staging: 'bucket' | 'hub'): number {
  const engines = all.filter((one) => !runsAlready(one)).map((one) => engineDownloadUsd(one, staging));
  const once = Object.values(stagingUsd(all, staging));
  return [...engines, ...once].reduce((sum, usd) => sum + usd, loadNodes * LOAD_DOWNLOAD_USD);
}

/**
 * State transitions of the run: D(9 + 3 Pd) + C(6 + 3 Pc) + 40, with D deployments, C cells and P polls of each; a
 * poll is a Wait, a Task and a Choice. A hold is one Wait, however long.
 */
export function transitions(
  deployments: readonly { estimate: DeploymentEstimate; cells: number; poll: PollPlan; holdSeconds: number }[],
): number {
  let count = 40;
  for (const { estimate, cells, poll, holdSeconds } of deployments) {
    const { launch, pull, load, measure, idle } = estimate.phases;
    const modelPolls = Math.ceil((launch.seconds + pull.seconds + load.seconds) / poll.modelPollSeconds);
    const cellPolls = cells + Math.ceil((measure.seconds + idle.seconds - holdSeconds) / poll.cellPollSeconds);
    count += 9 + (holdSeconds > 0 ? 1 : 0) + 3 * modelPolls + 6 * cells + 3 * cellPolls;
  }
  return count;
}

/** Every third transition is a task. */
export const transitionsUsd = (count: number): number =>
  count * SHARED_RATES.transitionUsd + (count / 3) * SHARED_RATES.taskCallUsd;

export const dearest = (prices: readonly PriceQuote[]): number => Math.max(...prices.map(usdPerHour));
