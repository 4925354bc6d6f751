import { describe, expect, it } from 'vitest';
import { NOTHING_YET, observeTimeline } from '#core/cluster/observe/timeline.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import { at, ended, node, object, pod, running } from './samples.ts';

const instance = (minutes: number): ClusterInstance => ({
  id: `i-${minutes}`,
  instanceType: 'g5.xlarge',
  zone: 'us-east-1a',
  state: 'running',
  nodePool: 'sb-r-d-abc12',
  launchedAt: at(minutes),
});
const nothing = { nodePool: undefined, node: undefined, pod: undefined, instances: [] };

describe('the moments of a node', () => {
  it('are what its objects show', () => {
    const seen = observeTimeline(NOTHING_YET, {
      nodePool: object('NodePool'),
      node: node(),
      pod: pod({ node: 'n', ready: 'True', main: [running('sidecar', at(3)), running('engine', at(6))] }),
      instances: [instance(0.5)],
    });
    expect(seen).toEqual({
      requestedAt: at(0),
      launchedAt: at(0.5),
      nodeReadyAt: at(2),
      engineStartedAt: at(6),
      engineReadyAt: at(9),
      releaseStartedAt: null,
      releasedAt: null,
    });
  });

  it('begin with the first instance that was paid for, else with the Node', () => {
    const launchedAt = (instances: ClusterInstance[]) =>
      observeTimeline(NOTHING_YET, { ...nothing, node: node(), instances }).launchedAt;
    expect(launchedAt([instance(7), instance(4)])).toBe(at(4));
    expect(launchedAt([])).toBe(at(1));
  });

  it('are kept once seen, when the objects are gone', () => {
    const first = observeTimeline(NOTHING_YET, { ...nothing, node: node(), instances: [instance(1)] });
    expect(observeTimeline(first, nothing)).toEqual(first);
    expect(observeTimeline(first, { ...nothing, instances: [instance(0.2)] }).launchedAt).toBe(at(1));
  });

  it('know when an engine started that has ended since', () => {
    const dead = pod({
      node: 'n',
      ready: 'False',
      main: [ended('engine', 1, { startedAt: at(6), finishedAt: at(8) })],
    });
    const seen = observeTimeline(NOTHING_YET, { ...nothing, pod: dead });
    expect(seen).toMatchObject({ engineStartedAt: at(6), engineReadyAt: null });
    const lost = pod({ node: 'n', main: [ended('engine', 137, { startedAt: null, finishedAt: null })] });
    expect(observeTimeline(NOTHING_YET, { ...nothing, pod: lost }).engineStartedAt).toBeNull();
  });
});
