import type { Comparison } from '#core/results/compare/compare.ts';
import { extrapolatedDeployments } from '#core/results/marks.ts';

/** Whatever a comparison shows figures of, in either run, marked as an answer in SQL marks it. */
export function markedRows({ cells }: Comparison) {
  const rows = cells.flatMap(({ pair }) => [...pair.run.rows, ...pair.baseline.rows]);
  const extrapolated = extrapolatedDeployments(rows);
  return rows.map(({ simulated, deployment_id, instance_type, tensor_parallel }) => ({
    ...{ deployment_id, instance_type, tensor_parallel, simulated },
    extrapolated: extrapolated.has(deployment_id),
  }));
}

/** Ids of deployments. */
export const extrapolatedIn = (rows: ReturnType<typeof markedRows>): string[] => [
  ...new Set(rows.filter(({ extrapolated }) => extrapolated).map(({ deployment_id }) => deployment_id)),
];
