import type { Problem } from '../matrix/problems.ts';
import type { Matrix, MatrixDeployment } from '../matrix/types.ts';
import type { PriceQuote } from '../ports/prices.ts';
import { LOAD_INSTANCE_TYPE } from '../pricing/shared-rates.ts';
import type { Deadlines } from './deadlines.ts';
import { type Draft, neededSeconds } from './draft.ts';
import { MAX_DEPLOYMENT_SECONDS, MAX_RUN_SECONDS } from './history.ts';
import { type Spending, spendingParts, spentUsd } from './spending.ts';
import type { Estimate } from './types.ts';

export function unknownPrices(
  { deployments, region }: { deployments: readonly MatrixDeployment[]; region: string },
  quotes: ReadonlyMap<string, PriceQuote>,
  loadNodePrice: PriceQuote | undefined,
): Problem[] {
  const problem = (instanceType: string, capacityType: string, path: string, value = instanceType): Problem => ({
    code: 'unknown-price',
    path,
    value,
    message: `no price is known for ${instanceType} (${capacityType}) in ${region}`,
    instead: 'a region and a type that AWS lists; without a stack prices are known in us-east-1 only',
  });
  const missing = new Map<string, Problem>();
  for (const { instanceType, capacityTypes, instanceTypePath } of deployments) {
    for (const capacityType of capacityTypes) {
      const key = `${instanceType} ${capacityType}`;
      if (!quotes.has(key)) missing.set(key, problem(instanceType, capacityType, instanceTypePath));
    }
  }
  if (loadNodePrice === undefined) missing.set('load', problem(LOAD_INSTANCE_TYPE, 'on-demand', 'region', region));
  return [...missing.values()];
}

export function tooLong(drafts: readonly Draft[]): Problem[] {
  const longest = drafts[0];
  if (longest === undefined || neededSeconds(longest) <= MAX_DEPLOYMENT_SECONDS) return [];
  const hours = (neededSeconds(longest) / 3600).toFixed(1);
  return [
    {
      code: 'too-long',
      path: 'matrix',
      value: undefined,
      message: `${longest.deployment.cells.length} cells on ${longest.deployment.instanceType} would take ${hours} h; no node lives longer than ${MAX_DEPLOYMENT_SECONDS / 3600} h`,
      instead: `fewer cells or fewer requests, or several matrices${longest.holdSeconds > 0 ? ', or a shorter "hold"' : ''}`,
    },
  ];
}

/** @param seconds how long the run may take at most, each deployment to its deadline. */
export function runTooLong(matrix: Matrix, seconds: number): Problem[] {
  if (seconds <= MAX_RUN_SECONDS) return [];
  const days = (of: number) => (of / 86_400).toFixed(1);
  return [
    {
      code: 'too-long',
      path: matrix.maxParallelDeployments === undefined ? 'matrix' : 'maxParallelDeployments',
      value: matrix.maxParallelDeployments,
      message: `the run might take ${days(seconds)} days, each deployment to its deadline; it would be ended after ${days(MAX_RUN_SECONDS)}`,
      instead: 'more deployments at once ("maxParallelDeployments", vCPU quota), or several matrices',
    },
  ];
}

export function overBudget(
  matrix: Matrix,
  of: { spent: Spending; estimate: Estimate; ends: Deadlines; isWhole: boolean },
): Problem[] {
  const { spent, estimate, ends, isWhole } = of;

  if (ends.withinBudget || estimate.deployments.length === 0) return [];
  const least = (usd: number) => (Math.ceil(usd * 100) / 100).toFixed(2);
  const before = spentUsd(spent);
  const earlier =
    before === 0
      ? ''
      : `; earlier executions of the run have taken $${before.toFixed(2)} of the budget (${spendingParts(spent)})`;
  return [
    {
      code: 'budget-too-small',
      path: 'budgetUsd',
      value: matrix.budgetUsd,
      message: `${isWhole ? 'the run' : 'what is right of the matrix, without the rest,'} is estimated at $${estimate.totalUsd.toFixed(2)}, and nodes that are slow to go could make it $${least(ends.worstCaseUsd)}${earlier}`,
      instead: `${isWhole ? 'at least' : 'more than'} ${least(before + ends.worstCaseUsd)}`,
    },
  ];
}
