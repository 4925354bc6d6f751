import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapacityWait, noCapacity } from '#core/cluster/observe/capacity.ts';
import type { ClusterEvent } from '#core/ports/cluster.ts';
import { at, BEGAN_MS, MINUTE_MS } from './samples.ts';

const refused = (minutes: number, reason = 'InsufficientCapacityError'): ClusterEvent => ({
  type: 'Warning',
  reason,
  message: 'no g5 in any zone',
  regarding: { kind: 'NodeClaim', name: 'sb-run-d-abc12-x7' },
  lastSeenAt: at(minutes),
  count: 3,
});

const wait = (minutes: number, changes: Partial<CapacityWait> = {}): CapacityWait => ({
  nowMs: BEGAN_MS + minutes * MINUTE_MS,
  sinceMs: BEGAN_MS,
  patienceSeconds: 600,
  capacity: 0,
  launching: false,
  events: [],
  ...changes,
});

describe('insufficient capacity', () => {
  it('is believed when patience ends and not a millisecond before', () => {
    const events = [refused(1)];
    expect(noCapacity({ ...wait(10, { events }), nowMs: BEGAN_MS + 599_999 })).toBeUndefined();
    expect(noCapacity(wait(10, { events }))).toBe('No node within 600 s; InsufficientCapacityError: no g5 in any zone');
  });

  it.each(['InsufficientCapacityError', 'NoCompatibleInstanceTypes'])('is said by %s', (reason) => {
    expect(noCapacity(wait(10, { events: [refused(2, reason)] }))).toContain(reason);
  });

  it('is not said by other events, and without one only a node that had time to register is given up', () => {
    const events = [refused(2, 'FailedScheduling')];
    expect(noCapacity(wait(15, { events }))).toBeUndefined();
    expect(noCapacity(wait(15.1, { events }))).toBe('No node within 906 s, and no event says why.');
    // Longer patience than a registration takes is kept.
    expect(noCapacity(wait(29, { patienceSeconds: 1800 }))).toBeUndefined();
  });

  it('leaves each capacity type a stretch of its own, in which old refusals do not count', () => {
    const second = { capacity: 1, events: [refused(9)] };
    expect(noCapacity(wait(19.9, second))).toBeUndefined();
    expect(noCapacity(wait(20, second))).toBeUndefined();
    expect(noCapacity(wait(20, { capacity: 1, events: [refused(10)] }))).toMatch(/^No node within 600 s; Insuff/);
  });

  it('is not believed of an instance that was launched at the last moment: it may take its time to register', () => {
    const launching = { launching: true, events: [refused(9)] };
    expect(noCapacity(wait(10, launching))).toBeUndefined();
    expect(noCapacity(wait(24.9, launching))).toBeUndefined();
    expect(noCapacity(wait(25, launching))).toBe(
      'No node within 1500 s: an instance was launched and never registered.',
    );
  });

  it('is believed in the end, whatever is seen: nobody waits for ever', () => {
    const anyEvents = fc.array(
      fc.integer({ min: 0, max: 200 }).map((minutes) => refused(minutes)),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(anyEvents, fc.boolean(), fc.integer({ min: 0, max: 2 }), (events, launching, capacity) => {
        const patienceSeconds = 600;
        const late = wait(10 * (capacity + 1) + 15.1, { events, launching, capacity, patienceSeconds });
        expect(noCapacity(late)).toBeDefined();
      }),
    );
  });
});
