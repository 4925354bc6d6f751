import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorSeconds, phaseSeconds } from '#core/cluster/observe/phases.ts';
import { NOTHING_YET, type Timeline } from '#core/cluster/observe/timeline.ts';
import { at, BEGAN_MS, ended, pod, running, waiting } from './samples.ts';

const whole: Timeline = {
  requestedAt: at(0),
  launchedAt: at(1),
  nodeReadyAt: at(3),
  engineStartedAt: at(7),
  engineReadyAt: at(10),
  releaseStartedAt: at(30),
  releasedAt: null,
};

const anyMoment = fc.option(
  fc.integer({ min: 0, max: 100_000 }).map((seconds) => new Date(BEGAN_MS + seconds * 1000).toISOString()),
);
const anyTimeline = fc.record({
  requestedAt: anyMoment,
  launchedAt: anyMoment,
  nodeReadyAt: anyMoment,
  engineStartedAt: anyMoment,
  engineReadyAt: anyMoment,
  releaseStartedAt: anyMoment,
  releasedAt: fc.constant(null),
});
const anySeconds = fc.integer({ min: -10, max: 200_000 });

describe('the phases of a node', () => {
  it('lie between its moments', () => {
    expect(phaseSeconds(whole, 900)).toEqual({
      launch: 120,
      pull: 240,
      load: 180,
      measure: 900,
      idle: 300,
      release: 0,
    });
  });

  it('add up to its life, whatever was seen of it and in whatever order', () => {
    fc.assert(
      fc.property(anyTimeline, anySeconds, (timeline, measured) => {
        const phases = phaseSeconds(timeline, measured);
        const { launchedAt, releaseStartedAt } = timeline;
        const lifeMs =
          launchedAt === null || releaseStartedAt === null ? 0 : Date.parse(releaseStartedAt) - Date.parse(launchedAt);
        const sum = Object.values(phases).reduce((total, seconds) => total + seconds, 0);
        expect(sum).toBeCloseTo(Math.max(0, lifeMs) / 1000, 6);
        for (const seconds of Object.values(phases)) expect(seconds).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('measure no longer than the engine was ready, and leave the rest idle', () => {
    fc.assert(
      fc.property(anyTimeline, anySeconds, (timeline, measured) => {
        const { measure } = phaseSeconds(timeline, measured);
        expect(measure).toBeLessThanOrEqual(Math.max(0, measured));
      }),
    );
    expect(phaseSeconds(whole, 3600)).toMatchObject({ measure: 1200, idle: 0 });
  });

  it.each([
    ['a node that never came', { launchedAt: null }, {}],
    [
      'an instance that never registered',
      { nodeReadyAt: null, engineStartedAt: null, engineReadyAt: null },
      { launch: 29 * 60 },
    ],
    ['an image that was never pulled', { engineStartedAt: null, engineReadyAt: null }, { launch: 120, pull: 27 * 60 }],
    ['an engine that was never ready', { engineReadyAt: null }, { launch: 120, pull: 240, load: 23 * 60 }],
    // Kubernetes tells of the last time that it became ready.
    [
      'a node that was ready a second time',
      { nodeReadyAt: at(20) },
      { launch: 360, load: 180, measure: 60, idle: 19 * 60 },
    ],
    ['a node whose object is gone', { nodeReadyAt: null }, { launch: 360, load: 180, measure: 60, idle: 19 * 60 }],
  ])('go to the one that was under way: %s', (_, change, expected) => {
    const none = { launch: 0, pull: 0, load: 0, measure: 0, idle: 0, release: 0 };
    expect(phaseSeconds({ ...whole, ...change }, 60)).toEqual({ ...none, ...expected });
  });

  it('are nothing while nothing is known', () => {
    expect(Object.values(phaseSeconds(NOTHING_YET, 5))).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('the time of the load generators', () => {
  const now = Date.parse(at(20));

  it('runs from their start to their end, or until now', () => {
    const done = pod({
      init: [ended('generator', 0, { startedAt: at(5), finishedAt: at(7) })],
      main: [running('uploader', at(7))],
    });
    const going = pod({ init: [running('generator', at(19))] });
    expect(generatorSeconds([done, going], now)).toBe(120 + 60);
  });

  it('is nothing of a pod that never ran, and of one that the kubelet lost sight of', () => {
    const lost = pod({
      init: [ended('generator', 137, { startedAt: null, finishedAt: null }, 'ContainerStatusUnknown')],
    });
    const never = pod({ init: [waiting('generator', 'PodInitializing')] });
    const stopped = pod({ init: [ended('generator', 137, { startedAt: at(18), finishedAt: null })] });
    expect(generatorSeconds([lost, never, pod()], now)).toBe(0);
    expect(generatorSeconds([stopped], now)).toBe(120);
  });
});
