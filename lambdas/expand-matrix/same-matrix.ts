import type { Matrix } from '#core/matrix/types.ts';
import type { StoredPlan } from '../store/plan.ts';

/**
 * A run is resumed with the cells that it was started with; budget, capacity and parallelism may change.
 * Ids are content hashes, so equal ids are equal cells.
 */
export function sameMatrix(before: Pick<StoredPlan, 'cellsOf'>, { deployments }: Matrix): boolean {
  const asked = Object.entries(before.cellsOf);
  if (asked.length !== deployments.length) return false;
  const cellsOf = new Map(deployments.map(({ id, cells }) => [id, new Set(cells.map((cell) => cell.id))]));
  return asked.every(([id, cells]) => {
    const now = cellsOf.get(id);
    return now !== undefined && now.size === cells.length && cells.every((cell) => now.has(cell));
  });
}
