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
  const launchMs = Date.parse(launchedAt);
  const endMs = Math.max(launchMs, Date.parse(releaseStartedAt));
  // From the end: no moment is later than the next one, not even that of a node that was ready a second time.
  const moment = (at: string | null, nextMs: number): number =>
    at === null ? nextMs : Math.max(launchMs, Math.min(nextMs, Date.parse(at)));
  const readyMs = moment(engineReadyAt, endMs);
  const startedMs = moment(engineStartedAt, readyMs);
  const nodeReadyMs = moment(nodeReadyAt, startedMs);
  const ready = (endMs - readyMs) / 1000;
  const measure = Math.min(ready, Math.max(0, measureSeconds));
  return {
    launch: (nodeReadyMs - launchMs) / 1000,
    pull: (startedMs - nodeReadyMs) / 1000,
    load: (readyMs - startedMs) / 1000,
    measure,
    idle: ready - measure,
    release: 0,
  };
}

/** How long the load generators of these pods were at work: start, warm-up and measuring. */
export function generatorSeconds(loadPods: AnyObject[], nowMs: number): number {
  let seconds = 0;
  for (const state of loadPods.map((pod) => containers(pod).find((one) => one.name === 'generator')?.state)) {
    // Null, both of them, in a pod whose node was lost.
    const from = state?.terminated?.startedAt ?? state?.running?.startedAt ?? null;
    if (from === null) continue;
    const to = state?.terminated?.finishedAt ?? null;
    seconds += Math.max(0, (to === null ? nowMs : Date.parse(to)) - Date.parse(from)) / 1000;
  }
  return seconds;
}
