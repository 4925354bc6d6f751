import { describe, expect, it } from 'vitest';
import { isoTime } from '#core/ports/clock.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { type ControlPlane, runController } from '#local/cluster/controllers/controller.ts';
import { NodePods } from '#local/cluster/controllers/node-pods.ts';
import { scheduler } from '#local/cluster/controllers/scheduler.ts';
import { EventLog } from '#local/cluster/objects/event-log.ts';
import { Objects } from '#local/cluster/objects/objects.ts';
import type { Node, Pod } from '#local/cluster/objects/shapes.ts';
import { Timers } from '#local/cluster/timers.ts';

/** Objects with nothing over them but the scheduler. */
function scheduled() {
  const clock = new VirtualClock();
  const objects = new Objects(clock);
  const plane = { objects, events: new EventLog(clock), timers: new Timers(clock) } as ControlPlane;
  runController(plane, scheduler(plane, new NodePods(objects)));
  const now = isoTime(clock);
  return {
    objects,
    node: (name: string, cpu: string, labels: Record<string, string> = { pool: 'a' }) =>
      objects.create<Node>({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels },
        spec: { providerID: name },
        status: {
          capacity: {},
          allocatable: { cpu, pods: '10' },
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }],
        },
      }),
    pod: (name: string, nodeSelector?: Record<string, string>) =>
      objects.create<Pod>({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: {
          containers: [{ name: 'main', image: 'i', resources: { requests: { cpu: '1' } } }],
          ...(nodeSelector && { nodeSelector }),
        },
        status: { phase: 'Pending', conditions: [] },
      }),
    /** All in one moment: nothing is looked at before the last of them has ended. */
    end: (...names: string[]) => {
      objects.queue.add('test', () => {
        for (const name of names) {
          objects.change('Pod', `/${name}`, ({ status }) => {
            status.phase = 'Succeeded';
          });
        }
      });
      objects.queue.drain();
    },
    nodeOf: (name: string) => objects.find('Pod', `/${name}`)?.spec.nodeName,
    refusal: (name: string) =>
      objects.find('Pod', `/${name}`)?.status.conditions.find(({ type }) => type === 'PodScheduled')?.message,
  };
}

const IN_A = { pool: 'a' };

describe('pods that wait', () => {
  it('fill a node that comes, as many as fit, those that have waited longest', () => {
    const { node, pod, nodeOf } = scheduled();
    for (const name of ['1', '2', '3']) pod(name, IN_A);
    node('n', '2');
    expect(['1', '2', '3'].map(nodeOf)).toEqual(['n', 'n', undefined]);
  });

  it('take every place that is freed at once, on several nodes', () => {
    const { node, pod, end, nodeOf } = scheduled();
    for (const name of ['n', 'm', 'l']) node(name, '1');
    for (const name of ['1', '2', '3', '4', '5', '6']) pod(name, IN_A);
    expect(['1', '2', '3', '4', '5', '6'].map(nodeOf)).toEqual(['n', 'm', 'l', undefined, undefined, undefined]);
    end('1', '2', '3');
    expect(new Set(['4', '5', '6'].map(nodeOf))).toEqual(new Set(['n', 'm', 'l']));
  });

  it('are not kept by one that goes away when its turn has come', () => {
    const { objects, node, pod, nodeOf } = scheduled();
    node('n', '1');
    for (const name of ['1', '2', '3']) pod(name, IN_A);
    objects.queue.add('test', () => {
      objects.change('Pod', '/1', ({ status }) => {
        status.phase = 'Failed';
      });
      objects.remove('Pod', '/2');
    });
    objects.queue.drain();
    expect(nodeOf('3')).toBe('n');
  });

  it('go wherever there is room when they select nothing', () => {
    const { node, pod, nodeOf } = scheduled();
    pod('anywhere');
    node('n', '1', { pool: 'b' });
    expect(nodeOf('anywhere')).toBe('n');
  });
});

it('counts in a refusal every node, those that were not looked at one by one too', () => {
  const { objects, node, pod, nodeOf, refusal } = scheduled();
  node('full', '0');
  node('other', '9', { pool: 'b' });
  node('third', '9', { pool: 'c' });
  node('cordoned', '9', { pool: 'b' });
  objects.change('Node', '/cordoned', ({ spec }) => {
    spec.unschedulable = true;
  });
  pod('p', IN_A);
  expect(refusal('p')).toBe(
    "0/4 nodes are available: 1 Insufficient cpu, 1 node(s) were not ready, 2 node(s) didn't match Pod's node affinity/selector.",
  );
  pod('q', { pool: 'b' });
  expect(nodeOf('q')).toBe('other');
  pod('r', { pool: 'b', zone: 'none' });
  expect(refusal('r')).toBe(
    "0/4 nodes are available: 1 node(s) were not ready, 3 node(s) didn't match Pod's node affinity/selector.",
  );
});
