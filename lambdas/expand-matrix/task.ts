import type { Problem } from '#core/matrix/problems.ts';
import { type MatrixResult, readMatrix } from '#core/matrix/read.ts';
import type { Matrix } from '#core/matrix/types.ts';
import { makePlan, type PlanOptions, quotesNeeded, refusals } from '#core/plan/plan.ts';
import { resumeProblems } from '#core/plan/resume.ts';
import { runsAlready } from '#core/plan/runs-already.ts';
import { NOTHING_SPENT, spentUsd } from '#core/plan/spending.ts';
import type { GeneratorName } from '#core/plan/types.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { PriceQuote } from '#core/ports/prices.ts';
import { dayOf, keyOf } from '#core/results/layout.ts';
import { ErrorName, isError, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler, TaskOutput } from '#core/workflow/task-signatures.ts';
import { offerLease, takeLease } from '../store/lease.ts';
import { findPlan, findPlanVersion, type StoredPlan, writePlan } from '../store/plan.ts';
import { readRows } from '../store/rows.ts';
import { type AskGone, readAccount } from '../store/spending.ts';
import { refuseOverlap } from './overlap.ts';
import { invalidMatrix } from './problems.ts';
import { vcpuQuotas } from './quotas.ts';
import { runId } from './run-id.ts';

type ExpandPorts = Pick<Ports, 'store' | 'prices' | 'quotas' | 'executions' | 'clock'>;

export interface ExpandSettings {
  /** What `auto` means here. */
  autoGenerator: GeneratorName;
  /** Deployments that may run at once here, whatever the matrix and the quota allow. */
  mostAtOnce?: number;
  /** Whether nodes are left of an execution that died before its release, where somebody can tell. */
  askGone?: AskGone;
}

/**
 * Validates, expands, prices and plans; takes the run's lease; leaves out cells that the run has already.
 * Nothing is written and no lease is taken when the matrix is wrong or the budget too small.
 */
export const expandMatrix =
  (ports: ExpandPorts, settings: ExpandSettings): TaskHandler<'ExpandMatrix'> =>
  async ({ matrix: given, requestedRun, execution, startedAt }) => {
    const { store } = ports;
    const read = readMatrix(given);
    const run = runId(requestedRun, execution);
    const priced = async (matrix: Matrix) => ({
      startedAt,
      quotes: await quotes(ports, matrix),
      vcpuQuota: await vcpuQuotas(ports.quotas, matrix),
      generator: settings.autoGenerator,
    });
    if (!read.ok || run === undefined) {
      const badRun = run === undefined ? [badRunId(requestedRun)] : [];
      throw invalidMatrix([...badRun, ...(await everyProblem(read, priced))]);
    }
    const { matrix } = read;
    let offer = await offerLease(ports, run, execution);
    await refuseOverlap(ports, requestedRun);
    const version = await findPlanVersion(store, run);
    const before = version?.plan;
    // Planned since the lease was read, by another delivery or another execution: the lease says by which.
    if (before !== undefined && before.attempt >= offer.attempt && !offer.mine) {
      offer = await offerLease(ports, run, execution);
    }
    // Delivered again, after the first delivery's answer was lost: the plan stands.
    if (offer.mine && before?.attempt === offer.attempt) return outputOf(before);
    const changes = before === undefined ? [] : resumeProblems(before, matrix, settings.autoGenerator);
    if (changes.length > 0) throw invalidMatrix(changes);

    const account = before === undefined ? undefined : await readAccount(store, run, startedAt, settings.askGone);
    const finishedCells = new Set((await readRows(store, run)).filter(isFinished).map((row) => row.cell_id));
    const planned = makePlan(atMost(matrix, settings.mostAtOnce), {
      ...(await priced(matrix)),
      run,
      finishedCells,
      attempts: new Map(cellIds(matrix).map((id) => [id, offer.attempt - 1])),
      ...(account && { spent: account.spent }),
    });
    if (!planned.ok) {
      const { problems, estimate } = planned;
      if (estimate === undefined || problems.some((problem) => problem.code !== 'budget-too-small')) {
        throw invalidMatrix(problems);
      }
      const spent = account?.spent ?? NOTHING_SPENT;
      const budgetUsd = Math.max(0, matrix.budgetUsd - spentUsd(spent));
      return { ...refused(run, matrix), estimateUsd: estimate.worstCaseUsd, budgetUsd, spent };
    }

    const { deployments, ...plan } = planned.plan;
    await takeLease(ports, offer, {
      run,
      execution,
      attempt: offer.attempt,
      cluster: plan.cluster.name,
      ephemeral: plan.cluster.ephemeral,
      deadline: plan.deadline,
    });
    const stored: StoredPlan = {
      ...plan,
      attempt: offer.attempt,
      matrix: given,
      day: before?.day ?? dayOf(startedAt),
      ...(account && { earlierLifeUsd: account.lifeUsd, provenGone: account.provenGone }),
      firstStartedAt: before?.firstStartedAt ?? before?.startedAt ?? startedAt,
      cellsOf: Object.fromEntries(matrix.deployments.map(({ id, cells }) => [id, cells.map((cell) => cell.id)])),
      models: [...new Set(matrix.deployments.filter((one) => !runsAlready(one)).map(({ model }) => model))],
      deploymentIds: deployments.map(({ id }) => id),
    };
    return outputOf(await placePlan(store, stored, deployments, version));
  };

/**
 * With those that only prices and quotas show. When nobody can be asked for them, the others are told all the same: a
 * wrong matrix is not tried again.
 */
async function everyProblem(
  read: MatrixResult,
  priced: (matrix: Matrix) => Promise<Omit<PlanOptions, 'run'>>,
): Promise<Problem[]> {
  const rest = read.ok ? { matrix: read.matrix, flawed: new Set<string>(), isLeast: true } : read.rest;
  const problems = read.ok ? [] : read.problems;
  const options = rest && (await priced(rest.matrix).catch(() => undefined));
  return rest && options ? [...problems, ...refusals(rest, { ...options, run: '' })] : problems;
}

/** The plan that stands in the end: of two deliveries at once the first one's. */
async function placePlan(...[store, plan, deployments, before]: Parameters<typeof writePlan>): Promise<StoredPlan> {
  try {
    await writePlan(store, plan, deployments, before);
    return plan;
  } catch (error) {
    if (!isError(error, ErrorName.PreconditionFailed)) throw error;
    const theirs = await findPlan(store, plan.run);
    if (theirs?.attempt === plan.attempt) return theirs;
    throw new StepBenchError(ErrorName.RunAlreadyActive, `Another execution has taken run ${plan.run} over.`, {
      cause: error,
    });
  }
}

const outputOf = (plan: StoredPlan): TaskOutput<'ExpandMatrix'> => ({
  run: plan.run,
  attempt: plan.attempt,
  cluster: plan.cluster,
  deadline: plan.deadline,
  withinBudget: true,
  estimateUsd: plan.estimate.totalUsd,
  budgetUsd: plan.budgetUsd,
  spent: plan.spent,
  deploymentCount: plan.deploymentIds.length,
  maxConcurrency: plan.maxConcurrency,
  deploymentsKey: keyOf({ kind: 'deployment-items', run: plan.run }),
  ...plan.poll,
});

const atMost = (matrix: Matrix, most = Number.POSITIVE_INFINITY): Matrix => {
  const maxParallelDeployments = Math.min(matrix.maxParallelDeployments ?? most, most);
  return Number.isFinite(maxParallelDeployments) ? { ...matrix, maxParallelDeployments } : matrix;
};

/** Measured, valid or not: measuring again would give the same verdict for the same money. */
const isFinished = (row: { status: string }): boolean => row.status === 'measured';

const cellIds = (matrix: Matrix): string[] => matrix.deployments.flatMap(({ cells }) => cells.map((cell) => cell.id));

/** A price that is not to be had is left out: the plan says so, with every other mistake, by its path. */
async function quotes({ prices }: ExpandPorts, matrix: Matrix): Promise<PriceQuote[]> {
  const asked = quotesNeeded(matrix).map((needed) =>
    prices.quote({ ...needed, region: matrix.region }).catch((error: unknown) => {
      if (isError(error, ErrorName.UnknownPrice)) return [];
      throw error;
    }),
  );
  return (await Promise.all(asked)).flat();
}

/** The machine reads on from here to Fail: nothing of this is used to start anything. */
const refused = (run: string, { cluster }: Matrix): TaskOutput<'ExpandMatrix'> => ({
  run,
  attempt: 0,
  cluster,
  deadline: '',
  withinBudget: false,
  estimateUsd: 0,
  budgetUsd: 0,
  spent: NOTHING_SPENT,
  deploymentCount: 0,
  maxConcurrency: 1,
  deploymentsKey: '',
  clusterPollSeconds: 1,
  stagePollSeconds: 1,
  releasePollSeconds: 1,
});

const badRunId = (value: string) => ({
  path: 'run',
  value,
  message: 'is no run id',
  instead: '1 to 32 of a-z, 0-9 and -, beginning and ending with a letter or digit',
  code: 'bad-format' as const,
});
