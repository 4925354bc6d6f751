import type { Matrix } from '#core/matrix/types.ts';
import { makePlan, type PlanOptions, quotesNeeded } from '#core/plan/plan.ts';
import type { Plan } from '#core/plan/types.ts';
import { quote } from '#core/pricing/quote.ts';
import { mustRead, smallest } from '../matrix/fixtures.ts';

export const STARTED_AT = '2026-11-24T08:00:00.000Z';

export const options = (matrix: Matrix, changes: Partial<PlanOptions> = {}): PlanOptions => ({
  run: 'test-1',
  startedAt: STARTED_AT,
  generator: 'aiperf',
  quotes: quotesNeeded(matrix).map((needed) => quote({ ...needed, region: 'us-east-1' })),
  ...changes,
});

export function mustPlan(matrix: Matrix, changes: Partial<PlanOptions> = {}): Plan {
  const result = makePlan(matrix, options(matrix, changes));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

export const twoTypes = () =>
  mustRead({ ...smallest(), matrix: { instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [10, 20, 40] } });
