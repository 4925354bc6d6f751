import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Capacity, type LatencyModel, loadFactor, ZERO_LATENCY } from '#local/engine/model/latency.ts';
import { type Job, Scheduler } from '#local/engine/model/scheduler.ts';

const model: LatencyModel = {
  ...ZERO_LATENCY,
  prefillOverheadMs: 20,
  prefillTimePerTokenMs: 0.1,
  interTokenLatencyMs: 10,
  timeFactorUnderLoad: 4,
  loadReferenceSeqs: 8,
};
const capacity: Capacity = { maxNumSeqs: 8, kvCacheTokens: 16 * 40, blockSizeTokens: 16 };

const job = (name: string, over: Partial<Job<string>> = {}): Job<string> => ({
  payload: name,
  prefillMs: 30,
  gapMs: () => 10,
  outputTokens: 5,
  kvBlocks: 1,
  ...over,
});

interface Arrival {
  atMs: number;
  outputTokens: number;
  prefillMs: number;
  kvBlocks: number;
}

const arrivals = fc
  .array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 500 }),
      outputTokens: fc.integer({ min: 1, max: 12 }),
      prefillMs: fc.integer({ min: 1, max: 80 }),
      kvBlocks: fc.integer({ min: 1, max: 30 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((all) => all.sort((a, b) => a.atMs - b.atMs));

/** Runs all arrivals to the end, asking for events at `looks` (besides at every arrival). */
function run(all: Arrival[], looks: number[] = []) {
  const scheduler = new Scheduler<string>(model, capacity);
  const events: { name: string; index: number; last: boolean; atMs: number }[] = [];
  let mostRunning = 0;
  let mostBlocks = 0;
  const drain = (limitMs: number): void => {
    for (let event = scheduler.next(limitMs); event !== undefined; event = scheduler.next(limitMs)) {
      events.push({ name: event.ticket.job.payload, index: event.index, last: event.last, atMs: event.atMs });
      mostRunning = Math.max(mostRunning, scheduler.runningCount);
      mostBlocks = Math.max(mostBlocks, scheduler.blocksInUse);
    }
  };
  const steps = [
    ...all.map((arrival, i) => ({ atMs: arrival.atMs, arrival, name: `${i}` })),
    ...looks.map((atMs) => ({ atMs, arrival: undefined, name: '' })),
  ].sort((a, b) => a.atMs - b.atMs);
  for (const { atMs, arrival, name } of steps) {
    drain(atMs);
    if (arrival !== undefined) scheduler.submit(job(name, arrival), atMs);
  }
  drain(Number.MAX_SAFE_INTEGER);
  return { scheduler, events, mostRunning, mostBlocks };
}

describe('the scheduler', () => {
  it('takes a lone request as long as prefill and decode take without load', () => {
    const { events } = run([{ atMs: 100, outputTokens: 4, prefillMs: 30, kvBlocks: 1 }]);
    expect(events.map((event) => event.atMs)).toEqual([130, 140, 150, 160]);
  });

  it('stretches everything by the load factor of those in flight, from the moment they are', () => {
    const scheduler = new Scheduler<string>(model, capacity);
    scheduler.submit(job('first', { outputTokens: 2 }), 0);
    expect(scheduler.next(30)?.atMs).toBe(30);
    scheduler.submit(job('second', { prefillMs: 1000 }), 35);
    // Half of the gap has passed alone; the other half runs at the factor of two.
    expect(scheduler.next(1000)?.atMs).toBeCloseTo(35 + 5 * loadFactor(model, 2), 9);
  });

  it('gives every token of every request once, in the order of time, whatever arrives', () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        const { events, scheduler } = run(all);
        for (const [i, { outputTokens, atMs }] of all.entries()) {
          const own = events.filter((event) => event.name === `${i}`);
          expect(own.map((event) => event.index)).toEqual(Array.from({ length: outputTokens }, (_, index) => index));
          expect(own.map((event) => event.last).indexOf(true)).toBe(outputTokens - 1);
          expect(own[0]!.atMs).toBeGreaterThan(atMs);
        }
        const times = events.map((event) => event.atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect([scheduler.runningCount, scheduler.waitingCount, scheduler.blocksInUse]).toEqual([0, 0, 0]);
      }),
      { numRuns: 200 },
    );
  });

  it('never runs more than max-num-seqs, nor more than the KV cache holds', () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        const { mostRunning, mostBlocks } = run(all);
        expect(mostRunning).toBeLessThanOrEqual(capacity.maxNumSeqs);
        expect(mostBlocks).toBeLessThanOrEqual(40);
      }),
    );
  });

  it('gives the same times however late and however often it is asked', () => {
    const looks = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 40 });
    fc.assert(
      fc.property(arrivals, looks, (all, times) => {
        const calm = run(all).events;
        const nervous = run(all, times).events;
        expect(nervous.map(({ name, index }) => `${name}.${index}`)).toEqual(
          calm.map(({ name, index }) => `${name}.${index}`),
        );
        for (const [i, event] of nervous.entries()) expect(event.atMs).toBeCloseTo(calm[i]!.atMs, 6);
      }),
      { numRuns: 200 },
    );
  });

  it('lets those that wait in, in the order they came, at the very time a place is free', () => {
    const narrow = new Scheduler<string>(model, { ...capacity, maxNumSeqs: 1 });
    const tickets = ['a', 'b', 'c'].map((name) => narrow.submit(job(name, { outputTokens: 1 }), 0));
    expect([narrow.runningCount, narrow.waitingCount]).toEqual([1, 2]);
    const first = narrow.next(10_000)!;
    expect(first.atMs).toBe(30);
    while (narrow.next(10_000) !== undefined);
    expect(tickets.map((ticket) => ticket.admittedAtMs)).toEqual([0, 30, 60]);
  });

  it('gives the place of a request that went away to the next, and says no more of it', () => {
    const narrow = new Scheduler<string>(model, { ...capacity, maxNumSeqs: 1 });
    const gone = narrow.submit(job('gone'), 0);
    const waitingAndGone = narrow.submit(job('waiting and gone'), 0);
    narrow.submit(job('next', { outputTokens: 1 }), 0);
    narrow.abort(waitingAndGone, 5);
    narrow.abort(gone, 10);
    expect([narrow.runningCount, narrow.waitingCount]).toEqual([1, 0]);
    const event = narrow.next(10_000)!;
    expect([event.ticket.job.payload, event.atMs]).toEqual(['next', 40]);
    expect(narrow.next(10_000)).toBeUndefined();
  });

  it('runs a request that is larger than the whole cache alone instead of never', () => {
    const scheduler = new Scheduler<string>(model, capacity);
    scheduler.submit(job('small', { outputTokens: 1 }), 0);
    scheduler.submit(job('huge', { outputTokens: 1, kvBlocks: 1000 }), 0);
    expect(scheduler.runningCount).toBe(1);
    expect(scheduler.next(10_000)?.ticket.job.payload).toBe('small');
    expect(scheduler.next(10_000)?.ticket.job.payload).toBe('huge');
  });
});
