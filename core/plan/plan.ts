import { KEEP_MINUTES } from '../cluster/manifests/load-node-pool.ts';
import type { Problem } from '../matrix/problems.ts';
import type { RestOfMatrix } from '../matrix/rest.ts';
import type { Matrix, MatrixCell, MatrixDeployment } from '../matrix/types.ts';
import type { CapacityType, PriceQuote } from '../ports/prices.ts';
import { usdPerHour } from '../pricing/quote.ts';
import { LOAD_INSTANCE_TYPE, LOAD_INSTANCE_VCPUS, loadNodes, mostLoadNodes } from '../pricing/shared-rates.ts';
import { loadConcurrency, loadOverQuota, overQuota, quotaConcurrency, type VcpuQuota } from './concurrency.ts';
import type { Deadlines } from './deadlines.ts';
import type { Draft } from './draft.ts';
import { ASSUMED_SECONDS, assumedCellSeconds, type PhaseDurations } from './durations.ts';
import { atOneServer, givenPrices, POLLS_AS_IF_USD_PER_HOUR, withoutNode } from './endpoint.ts';
import { type CellSeconds, engineDownloadUsd, estimateDeployment, stagingUsd } from './estimate.ts';
import { generatorOf } from './generator-of.ts';
import { deploymentPolls } from './poll.ts';
import { overBudget, runTooLong, tooLong, unknownPrices } from './refusals.ts';
import { runDeadlines, type Shared, summarize } from './run-estimate.ts';
import { RUN_POLLS } from './run-history.ts';
import { runsAlready } from './runs-already.ts';
import { NOTHING_SPENT, type Spending, spentUsd } from './spending.ts';
import type { Cell, Estimate, GeneratorName, Plan, PlannedDeployment } from './types.ts';

export interface PlanOptions {
  run: string;
  /** ISO time. */
  startedAt: string;
  /** One for each of `quotesNeeded`. */
  quotes: readonly PriceQuote[];
  /** Left out where nothing limits the account, as on a laptop. */
  vcpuQuota?: VcpuQuota;
  /** Ids of cells that this run has already. */
  finishedCells?: ReadonlySet<string>;
  /** What this run has spent of its budget already. */
  spent?: Spending;
  /** How often each cell was tried before, by id. */
  attempts?: ReadonlyMap<string, number>;
  /** What `auto` means where the run runs. */
  generator: GeneratorName;
  /** What is known about the engine's speed; without it a slow one is assumed. */
  cellSeconds?: CellSeconds;
  durations?: PhaseDurations;
}

type PlanResult =
  | { ok: true; plan: Plan }
  /** The estimate is there when prices were: over budget, people still want to know by how much. */
  | { ok: false; problems: Problem[]; estimate?: Estimate };

interface QuoteNeeded {
  instanceType: string;
  capacityType: CapacityType;
}

/** The prices and quotas to ask for before planning: each instance type as it may be bought, and the load generators'. */
export function quotesNeeded(matrix: Matrix): QuoteNeeded[] {
  const needed = new Map<string, QuoteNeeded>();
  const add = (quote: QuoteNeeded) => needed.set(`${quote.instanceType} ${quote.capacityType}`, quote);
  for (const { instanceType, capacityTypes } of matrix.deployments.filter((one) => !runsAlready(one))) {
    for (const capacityType of capacityTypes) add({ instanceType, capacityType });
  }
  add({ instanceType: LOAD_INSTANCE_TYPE, capacityType: 'on-demand' });
  return [...needed.values()];
}

/**
 * What budget, quota and prices say of a matrix that has other mistakes: all that can be known of it, so that they are
 * told with the others.
 */
export function refusals({ matrix, flawed, isLeast }: RestOfMatrix, options: PlanOptions): Problem[] {
  const { problems, sums } = reckon(matrix, options, flawed);
  return isLeast && sums !== undefined ? [...problems, ...sums.problems] : problems;
}

/** Decides what a run does, by when, and for how much; refuses what budget, quota or prices do not allow. */
export function makePlan(matrix: Matrix, options: PlanOptions): PlanResult {
  const { problems, sums, isWhole } = reckon(matrix, options);
  const refused = [...problems, ...(sums?.problems ?? [])];
  if (refused.length > 0 || sums === undefined) {
    return { ok: false, problems: refused, ...(isWhole && sums && { estimate: sums.estimate }) };
  }
  return { ok: true, plan: planOf(matrix, options, sums) };
}

interface Reckoned {
  /** Of prices and quotas. */
  problems: Problem[];
  /** Undefined where no price is known of what every run needs. */
  sums: Sums | undefined;
  /** Whether the sums are of everything that is left to measure. */
  isWhole: boolean;
}

interface Sums {
  /** Of time and budget. */
  problems: Problem[];
  estimate: Estimate;
  deployments: PlannedDeployment[];
  ends: Deadlines;
  shared: Shared;
  budgetUsd: number;
  spent: Spending;
}

/**
 * Adds up what has a price and may start: where that is not all, it is the least.
 * @param flawed given for the rest of a matrix: deployments that cannot be as they are.
 */
function reckon(matrix: Matrix, options: PlanOptions, flawed?: ReadonlySet<string>): Reckoned {
  const finished = options.finishedCells ?? new Set();
  const remaining = matrix.deployments
    .map((deployment) => ({ ...deployment, cells: deployment.cells.filter(({ id }) => !finished.has(id)) }))
    .filter(({ cells }) => cells.length > 0);
  const quotes = new Map(options.quotes.map((quote) => [`${quote.instanceType} ${quote.capacityType}`, quote]));
  const loadNodePrice = quotes.get(`${LOAD_INSTANCE_TYPE} on-demand`);
  const quota = options.vcpuQuota ?? (() => undefined);
  const bought = remaining.filter((one) => !runsAlready(one));
  const problems = [
    ...unknownPrices({ deployments: bought, region: matrix.region }, quotes, loadNodePrice),
    ...overQuota(bought, quota),
    ...loadOverQuota({ bought: bought.length, atServers: remaining.length - bought.length }, matrix.region, quota),
  ];
  if (loadNodePrice === undefined) return { problems, sums: undefined, isWhole: false };

  const startable = remaining.filter(
    (one) =>
      flawed?.has(one.id) !== true &&
      (runsAlready(one) || (hasPrices(one, quotes) && overQuota([one], quota).length === 0)),
  );
  const drafts = startable
    .map((deployment) =>
      draft(deployment, quotes, { ...options, region: matrix.region, holdSeconds: secondsToHold(matrix) }),
    )
    // The longest first keeps the run short. Ties by id, so that a plan is the same each time.
    .sort(
      (a, b) => b.estimate.seconds - a.estimate.seconds || (a.estimate.deployment < b.estimate.deployment ? -1 : 1),
    );
  const startableBought = startable.filter((one) => !runsAlready(one));
  const maxConcurrency = Math.max(
    1,
    Math.min(
      drafts.length,
      quotaConcurrency(startableBought, quota),
      loadConcurrency({ bought: startableBought.length, atServers: startable.length - startableBought.length }, quota),
      matrix.maxParallelDeployments ?? drafts.length,
      atOneServer(startable),
    ),
  );
  const none = drafts.length === 0;
  const shared = {
    maxConcurrency,
    loadNodes: none ? 0 : loadNodes(maxConcurrency),
    mostLoadNodes: none ? 0 : mostLoadNodes(maxConcurrency),
    loadNodePrice,
  };
  const spent = options.spent ?? NOTHING_SPENT;
  const budgetUsd = Math.max(0, matrix.budgetUsd - spentUsd(spent));
  const ends = runDeadlines({ ...matrix, budgetUsd }, drafts, shared);
  const deployments = drafts.map((item, index) => planned(matrix, options, item, ends.maxSeconds[index] as number));
  const estimate = summarize(matrix, drafts, deployments, { ...shared, ends });

  const isWhole = flawed === undefined && startable.length === remaining.length;
  const refused = [
    ...tooLong(drafts),
    ...runTooLong(matrix, ends.runMaxSeconds),
    ...overBudget(matrix, { spent, estimate, ends, isWhole }),
  ];
  const sums = { problems: refused, estimate, deployments, ends, shared, budgetUsd, spent };
  return { problems, sums, isWhole };
}

const hasPrices = ({ instanceType, capacityTypes }: MatrixDeployment, quotes: ReadonlyMap<string, PriceQuote>) =>
  capacityTypes.every((capacityType) => quotes.has(`${instanceType} ${capacityType}`));

function planOf(matrix: Matrix, options: PlanOptions, sums: Sums): Plan {
  const { estimate, deployments, ends, shared, budgetUsd, spent } = sums;
  return {
    schema_version: 1,
    run: options.run,
    name: matrix.name,
    region: matrix.region,
    cluster: matrix.cluster,
    staging: matrix.staging,
    generator: generatorOf(matrix, options.generator),
    slo: matrix.slo,
    startedAt: options.startedAt,
    deadline: new Date(Date.parse(options.startedAt) + ends.runMaxSeconds * 1000).toISOString(),
    maxSeconds: ends.runMaxSeconds,
    budgetUsd,
    wholeBudgetUsd: matrix.budgetUsd,
    spent,
    estimate,
    maxConcurrency: shared.maxConcurrency,
    loadPool: {
      instanceType: LOAD_INSTANCE_TYPE,
      nodes: shared.loadNodes,
      mostNodes: shared.mostLoadNodes,
      vcpuLimit: shared.mostLoadNodes * LOAD_INSTANCE_VCPUS,
      // Through a hold too: the pods of the load generators tell how long was measured, and go with their node.
      keepMinutes: KEEP_MINUTES + secondsToHold(matrix) / 60,
    },
    stagingUsd: stagingUsd(matrix.deployments, matrix.staging),
    poll: RUN_POLLS,
    totalCells: matrix.totalCells,
    skippedCells: matrix.totalCells - deployments.reduce((sum, { cells }) => sum + cells.length, 0),
    deployments,
  };
}

const secondsToHold = ({ hold }: Matrix): number => (hold === undefined ? 0 : hold.minutes * 60);

function draft(
  deployment: MatrixDeployment,
  quotes: ReadonlyMap<string, PriceQuote>,
  options: PlanOptions & { region: string; holdSeconds: number },
): Draft {
  const cellSeconds = options.cellSeconds ?? assumedCellSeconds;
  const durations = options.durations ?? ASSUMED_SECONDS;
  if (runsAlready(deployment)) return withoutNode(deployment, { durations, cellSeconds, region: options.region });
  const prices = deployment.capacityTypes.map(
    (capacityType) => quotes.get(`${deployment.instanceType} ${capacityType}`) as PriceQuote,
  );
  const estimate = estimateDeployment({
    deployment,
    price: prices[0] as PriceQuote,
    durations,
    cellSeconds,
    holdSeconds: options.holdSeconds,
  });
  return { deployment, prices, holdSeconds: options.holdSeconds, estimate };
}

function planned(matrix: Matrix, options: PlanOptions, item: Draft, maxSeconds: number): PlannedDeployment {
  const { deployment, estimate, prices, holdSeconds } = item;
  const { facts, instanceTypePath, givenPriceUsdPerHour, weightsGiB, cells, ...settings } = deployment;
  const { launch, pull, load, measure } = estimate.phases;
  return {
    ...settings,
    gpuName: facts.gpuName,
    gpuCount: facts.gpuCount,
    vcpus: facts.vcpus,
    generator: generatorOf(matrix, options.generator, deployment),
    prices: runsAlready(deployment) ? givenPrices(deployment, matrix.region, options.startedAt) : prices,
    downloadUsd: runsAlready(deployment) ? 0 : engineDownloadUsd(deployment, matrix.staging),
    maxSeconds,
    holdSeconds,
    capacityPatienceSeconds: matrix.capacity.patienceSeconds,
    poll: deploymentPolls({
      cells: cells.length,
      maxSeconds,
      modelSeconds: launch.seconds + pull.seconds + load.seconds,
      cellSeconds: measure.seconds / cells.length,
      nodeUsdPerSecond: (usdPerHour(prices[0] as PriceQuote) || POLLS_AS_IF_USD_PER_HOUR) / 3600,
    }),
    cells: cells.map((cell) => withAttempt(cell, options)),
  };
}

const withAttempt = (cell: MatrixCell, { attempts }: PlanOptions): Cell => ({
  ...cell,
  attempt: (attempts?.get(cell.id) ?? 0) + 1,
});
