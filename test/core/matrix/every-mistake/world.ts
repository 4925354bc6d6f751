import type { Problem } from '#core/matrix/problems.ts';
import { readMatrix } from '#core/matrix/read.ts';
import type { Matrix } from '#core/matrix/types.ts';
import { makePlan, type PlanOptions, quotesNeeded, refusals } from '#core/plan/plan.ts';
import { quote } from '#core/pricing/quote.ts';

export type Json = Record<string, unknown>;

/** A matrix in the making, and what AWS says of the account. */
export interface World {
  document: Json & { matrix: Record<string, unknown[]>; budgetUsd: number };
  unpriced: Set<string>;
  smallQuotas: Set<string>;
}

export const valid = (): World => ({
  document: {
    name: 'test',
    matrix: {
      instanceType: ['g5.8xlarge', 'g5.12xlarge', 'g6.xlarge', 'g6.2xlarge'],
      concurrency: [2, 4],
      include: [],
    },
    defaults: { model: 'openai/gpt-oss-20b', isl: 200, osl: 128 },
    load: {},
    budgetUsd: 5000,
  },
  unpriced: new Set(),
  smallQuotas: new Set(),
});

/** Everything that is told of it, in one answer: what both the command line and ExpandMatrix do. */
export function told({ document, unpriced, smallQuotas }: World): Problem[] {
  const optionsFor = (matrix: Matrix): PlanOptions => ({
    ...{ run: 'r', startedAt: '2026-01-01T00:00:00.000Z', generator: 'aiperf' },
    quotes: quotesNeeded(matrix)
      .filter(({ instanceType }) => !unpriced.has(instanceType))
      .map((needed) => quote({ ...needed, region: 'us-east-1' })),
    vcpuQuota: (instanceType) => (smallQuotas.has(instanceType) ? 2 : undefined),
  });
  const read = readMatrix(document);
  if (read.ok) {
    const planned = makePlan(read.matrix, optionsFor(read.matrix));
    return planned.ok ? [] : planned.problems;
  }
  return [...read.problems, ...(read.rest ? refusals(read.rest, optionsFor(read.rest.matrix)) : [])];
}

/** Each as `code path`, in one order whatever the order that they are told in. */
export const shown = (problems: readonly Problem[]) => problems.map(({ code, path }) => `${code} ${path}`).sort();
