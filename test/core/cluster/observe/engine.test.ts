import { describe, expect, it } from 'vitest';
import { type EngineObjects, engineStatus } from '#core/cluster/observe/engine.ts';
import { at, BEGAN_MS, conditions, ended, job, MINUTE_MS, object, pod, running, waiting } from './samples.ts';

const look = (changes: Partial<EngineObjects> = {}, minutes = 1) =>
  engineStatus({
    job: job(),
    pod: undefined,
    claims: [],
    events: [],
    nowMs: BEGAN_MS + minutes * MINUTE_MS,
    patienceSeconds: 600,
    capacity: 0,
    ...changes,
  });

const creating = waiting('engine', 'ContainerCreating');

describe('an engine on its way', () => {
  it.each([
    ['pending', 'has no pod yet', undefined],
    ['pending', 'has no node yet', pod({ main: [creating] })],
    ['pulling', 'has a node and no container', pod({ node: 'n', main: [creating] })],
    [
      'pulling',
      'waits for an image that was refused once',
      pod({ node: 'n', main: [waiting('engine', 'ErrImagePull')] }),
    ],
    ['loading', 'runs', pod({ node: 'n', ready: 'False', main: [running('engine')] })],
    ['ready', 'answers its probe', pod({ node: 'n', ready: 'True', main: [running('engine')] })],
  ])('is %s when it %s', (status, _, enginePod) => {
    expect(look({ pod: enginePod })).toEqual({ status, failure: { error: '', cause: '' } });
  });

  it.each([
    'ImagePullBackOff',
    'InvalidImageName',
    'CreateContainerConfigError',
    'CreateContainerError',
    'CrashLoopBackOff',
  ])('is given up at %s, with the kubelet’s words', (reason) => {
    expect(look({ pod: pod({ node: 'n', main: [waiting('engine', reason, 'back-off')] }) })).toEqual({
      status: 'failed',
      failure: { error: 'EngineFailed', cause: `The engine cannot start: container engine: ${reason} (back-off)` },
    });
  });
});

describe('an engine that ended', () => {
  it('has failed even with exit code 0', () => {
    const done = look({
      job: job({ type: 'Complete', status: 'True' }),
      pod: pod({ node: 'n', main: [ended('engine', 0)] }),
    });
    expect(done).toMatchObject({ status: 'failed', failure: { error: 'EngineFailed' } });
  });

  it('says how, although its pod still calls itself ready', () => {
    const failed = job({ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'too often' });
    const seen = look({
      job: failed,
      pod: pod({ node: 'n', ready: 'True', main: [ended('engine', 137, {}, 'OOMKilled')] }),
    });
    expect(seen).toEqual({
      status: 'failed',
      failure: {
        error: 'EngineFailed',
        cause: 'The engine Job failed: BackoffLimitExceeded. too often engine ended with exit code 137 (OOMKilled)',
      },
    });
  });

  it('has met its deadline when the Job says so: no word of whether it ran', () => {
    const failed = job({ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' });
    expect(look({ job: failed })).toMatchObject({ status: 'failed', failure: { error: 'DeadlinePassed' } });
  });

  it('was deleted by somebody when there is no Job', () => {
    expect(look({ job: undefined, pod: pod({ node: 'n', ready: 'True' }) }).failure.cause).toMatch(
      /something else deleted/,
    );
  });

  it('has not failed for a condition that does not hold', () => {
    const off = job({ type: 'Failed', status: 'False' }, { type: 'Complete', status: 'False' });
    expect(look({ job: off }).status).toBe('pending');
  });
});

describe('an engine without a node', () => {
  const refused = {
    type: 'Warning' as const,
    reason: 'InsufficientCapacityError',
    message: 'none',
    regarding: { kind: 'NodeClaim', name: 'x' },
    lastSeenAt: at(3),
    count: 1,
  };

  it('finds no capacity, counted from its Job, once patience ends', () => {
    expect(look({ events: [refused] }, 9.9).status).toBe('pending');
    expect(look({ events: [refused] }, 10)).toMatchObject({ status: 'no-capacity', failure: { error: 'NoCapacity' } });
  });

  it('waits on when a node is launched and has not registered', () => {
    const claim = (status: string) => object('NodeClaim', { status: conditions({ type: 'Launched', status }) });
    expect(look({ events: [refused], claims: [claim('True')] }, 12).status).toBe('pending');
    expect(look({ events: [refused], claims: [claim('Unknown')] }, 12).status).toBe('no-capacity');
  });

  it('has capacity as soon as its pod is bound, however late', () => {
    const bound = pod({ node: 'n', main: [creating] });
    expect(look({ pod: bound, events: [refused] }, 500).status).toBe('pulling');
  });
});
