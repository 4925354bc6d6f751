import { ASSUMED_SECONDS, assumedCellSeconds } from './durations.ts';
import type { Cell, Plan, PlannedDeployment } from './types.ts';

/** Cells whose load may not end within the time that the matrix gives them, so that there would be no figure. */
export interface LongCells {
  count: number;
  /** The one that takes longest. */
  cell: Cell;
  deployment: PlannedDeployment;
  seconds: number;
  limitSeconds: number;
  /** All of them, whatever the engine: an open load sends for as long as the matrix says. */
  isCertain: boolean;
}

/** With an engine as slow as estimates assume. Undefined when every cell has the time for that. */
export function longCells({ deployments }: Pick<Plan, 'deployments'>): LongCells | undefined {
  let longest: Omit<LongCells, 'count' | 'isCertain'> | undefined;
  let count = 0;
  let isCertain = true;
  for (const deployment of deployments) {
    for (const cell of deployment.cells) {
      const seconds = assumedCellSeconds(cell) + ASSUMED_SECONDS.cellOverhead;
      if (seconds <= cell.timeoutSeconds) continue;
      count += 1;
      isCertain &&= leastSeconds(cell) > cell.timeoutSeconds;
      if (longest !== undefined && longest.seconds >= seconds) continue;
      longest = { cell, deployment, seconds, limitSeconds: cell.timeoutSeconds };
    }
  }
  return longest === undefined ? undefined : { count, ...longest, isCertain };
}

const leastSeconds = ({ requestRate, requestCount }: Cell): number =>
  requestRate === null ? 0 : requestCount / requestRate;
