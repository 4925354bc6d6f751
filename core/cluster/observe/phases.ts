import type { NodePhase } from '#core/results/deployment-columns.ts';
import type { AnyObject } from '../../ports/cluster.ts';
import { containers } from './pod.ts';
import type { Timeline } from './timeline.ts';

const NOTHING: Record<NodePhase, number> = { launch: 0, pull: 0, load: 0, measure: 0, idle: 0, release: 0 };

/**
 * A node's seconds by phase, from its launch to `releaseStartedAt`. They add up to the node's life: what a
 * phase did not come to is the time of the one that was under way, and idle is what measuring leaves of the
 * time in which the engine was ready.
 */
export function phaseSeconds(timeline: Timeline, measureSeconds: number): Record<NodePhase, number> {
  const { launchedAt, nodeReadyAt, engineStartedAt, engineReadyAt, releaseStartedAt } = timeline;
  if (launchedAt === null || releaseStartedAt === null) return NOTHING;
  const end = Date.parse(releaseStartedAt);
  const between = (from: string | null, to: string | null): number => {
    if (from === null) return 0;
    return Math.max(0, ((to === null ? end : Math.min(end, Date.parse(to))) - Date.parse(from)) / 1000);
  };
  const ready = between(engineReadyAt, null);
  const measure = Math.min(ready, measureSeconds);
  return {
    launch: between(launchedAt, nodeReadyAt),
    pull: between(nodeReadyAt, engineStartedAt),
    load: between(engineStartedAt, engineReadyAt),
    measure,
    idle: ready - measure,
    release: 0,
  };
}

/** How long the load generators of these pods were at work: start, warm-up and measuring. */
export function generatorSeconds(loadPods: AnyObject[], nowMs: number): number {
  let seconds = 0;
  for (const state of loadPods.map((pod) => containers(pod).find((one) => one.name === 'generator')?.state)) {
    const from = state?.terminated?.startedAt ?? state?.running?.startedAt;
    if (from === undefined) continue;
    const to = state?.terminated?.finishedAt;
    seconds += ((to === undefined ? nowMs : Date.parse(to)) - Date.parse(from)) / 1000;
  }
  return seconds;
}
