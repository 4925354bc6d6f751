import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CELLS_PER_DEPLOYMENT, MAX_DEPLOYMENT_SECONDS } from '#core/plan/history.ts';
import { cheapestPollSeconds, deploymentPolls, pollInterval } from '#core/plan/poll.ts';

/** AWS: "Maximum execution history size: 25,000 events". Derived again from the documentation, not from the code. */
const HISTORY = 25_000;
const POLL = 9; // Wait 2, Task 5, Choice 2
const RETRY = 3;

/** Every event that a child can write: all cells fail, every wait goes to the deadline, nothing is ever released. */
function worstChild(cells: number, maxSeconds: number, polls: ReturnType<typeof deploymentPolls>): number {
  const setUp = 3 * (5 + 5) + 2 + 4 + 5 + 40;
  const everyCell = cells * (2 + 5 + 5 + 5 + 6);
  const finest = Math.min(polls.modelPollSeconds, polls.cellPollSeconds);
  const waits = Math.ceil(maxSeconds / finest) + cells + 1;
  const release = 1800 / polls.releasePollSeconds + 1;
  return setUp + everyCell + (waits + release) * POLL;
}

const deployment = fc.record({
  cells: fc.integer({ min: 1, max: MAX_CELLS_PER_DEPLOYMENT }),
  maxSeconds: fc.integer({ min: 1, max: MAX_DEPLOYMENT_SECONDS }),
  modelSeconds: fc.integer({ min: 0, max: 3600 }),
  cellSeconds: fc.integer({ min: 0, max: 14_400 }),
  nodeUsdPerSecond: fc.double({ min: 0.0001, max: 0.02, noNaN: true }),
});

describe('the polls of a deployment', () => {
  it('never write more history than an execution may have, with room for a thousand retries', () => {
    fc.assert(
      fc.property(deployment, (of) => {
        const events = worstChild(of.cells, of.maxSeconds, deploymentPolls(of));
        expect(events + 1000 * RETRY).toBeLessThan(HISTORY);
      }),
      { numRuns: 2000 },
    );
  });

  it('are whole seconds, from two to sixty', () => {
    fc.assert(
      fc.property(deployment, (of) => {
        for (const seconds of Object.values(deploymentPolls(of))) {
          expect(Number.isInteger(seconds)).toBe(true);
          expect(seconds).toBeGreaterThanOrEqual(2);
          expect(seconds).toBeLessThanOrEqual(60);
        }
      }),
    );
  });

  it('are a small part of what is waited for in an ordinary run', () => {
    const polls = deploymentPolls({
      cells: 6,
      maxSeconds: 3600,
      modelSeconds: 450,
      cellSeconds: 50,
      nodeUsdPerSecond: 0.00073,
    });
    expect(polls.cellPollSeconds).toBeLessThanOrEqual(5);
    expect(polls.modelPollSeconds).toBeLessThanOrEqual(5);
  });

  it('get coarser only where the history asks for it', () => {
    const of = { modelSeconds: 450, cellSeconds: 50, nodeUsdPerSecond: 0.00073 };
    const few = deploymentPolls({ ...of, cells: 6, maxSeconds: 7200 });
    const many = deploymentPolls({ ...of, cells: MAX_CELLS_PER_DEPLOYMENT, maxSeconds: MAX_DEPLOYMENT_SECONDS });
    expect(few.cellPollSeconds).toBeLessThan(many.cellPollSeconds);
  });

  it('cost least at the cheapest interval: no neighbour costs less', () => {
    const costOf = (wait: number, rate: number, poll: number) => (wait / poll) * 0.000_079_4 + (poll / 2) * rate;
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 3600, noNaN: true }),
        fc.double({ min: 1e-4, max: 0.02, noNaN: true }),
        (wait, rate) => {
          const best = cheapestPollSeconds(wait, rate);
          for (const other of [best * 0.9, best * 1.1]) {
            expect(costOf(wait, rate, best)).toBeLessThanOrEqual(costOf(wait, rate, other));
          }
        },
      ),
    );
  });
});

it('polls as coarsely as it may when no event is left', () => {
  expect(pollInterval({ timeoutSeconds: 100, eventsLeft: 0, waitSeconds: 10, nodeUsdPerSecond: 0.001 })).toBe(60);
});
