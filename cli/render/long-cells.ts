import { MOST_CELL_SECONDS } from '#core/matrix/schema.ts';
import { type LongCells, longCells } from '#core/plan/long-cells.ts';
import type { Plan } from '#core/plan/types.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { counted, duration } from './format.ts';
import { deploymentLabels } from './labels.ts';

/** Nothing that forbids a run: the engine may well be faster than assumed. */
export function longCellWarnings(plan: Plan): string[] {
  const long = longCells(plan);
  return long === undefined ? [] : [warning(plan, long)];
}

export const longCellLines = (plan: Plan, { width, paint }: { width: number; paint: Paint }): string[] =>
  longCellWarnings(plan).flatMap((text) => wrapped(`Warning: ${text}`, width).map((line) => paint('yellow', line)));

function warning(plan: Plan, { count, cell, deployment, seconds, limitSeconds, isCertain }: LongCells): string {
  const label = deploymentLabels(plan.deployments).get(deployment.id) ?? deployment.instanceType;
  const load = cell.requestRate === null ? `concurrency ${cell.concurrency}` : `${cell.requestRate} requests/s`;
  const least = Math.ceil(seconds / 60) * 60;
  const advice =
    least <= MOST_CELL_SECONDS
      ? `Write "load": {"maxCellSeconds": ${least}}, or measure fewer requests.`
      : 'Measure fewer requests.';
  return oneLine(
    `${counted(count, 'cell')} ${isCertain ? 'will' : 'may'} be cut off at ${limitSeconds} s (load.maxCellSeconds) and have no figures. The longest, ${label} at ${load} with ${cell.requestCount} requests, takes ${duration(seconds)}${isCertain ? '' : ' where the engine is as slow as the estimate assumes'}. ${advice}`,
  );
}
