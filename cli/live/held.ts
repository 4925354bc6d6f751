import { heldUntilMs } from '#core/progress/deployment-progress.ts';
import type { RunProgress } from '#core/progress/progress.ts';
import { utcTime } from '../render/format.ts';

/** How a person reaches the engine of a deployment that is held, in words. */
export type Reach = (at: { deployment: string; deadline: string }) => string;

/**
 * Says once of each deployment that is held for requests by hand until when it is, and how to reach it.
 * @returns what is to be said at this moment of the run.
 */
export function heldNotes(
  names: ReadonlyMap<string, string>,
  reach: Reach,
): (progress: RunProgress, nowMs: number) => string[] {
  const told = new Set<string>();
  return ({ deployments }, nowMs) =>
    deployments.flatMap((one) => {
      const untilMs = heldUntilMs(one);
      if (untilMs === undefined || one.deadline === undefined || told.has(one.id)) return [];
      // A run that is looked at when it is over has been through its holds.
      if (untilMs <= nowMs) return [];
      told.add(one.id);
      const at = { deployment: one.id, deadline: one.deadline };
      return [`${names.get(one.id) ?? one.id} is held until ${utcTime(untilMs)}: ${reach(at)}`];
    });
}
