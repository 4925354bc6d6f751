import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationsOf, engineManifests, leftOf, refOf, virtualCloud } from './virtual-cloud.ts';

const MINUTE_MS = 60_000;

/** Pod grace, then the longest drain, then the instance's own end; the release allowance of a deadline. */
const RELEASE_MS = 13 * MINUTE_MS;

const capacity = fc.record({
  kind: fc.constant('insufficient-capacity' as const),
  times: fc.integer({ min: 1, max: 300 }),
});
const slow = fc.record({
  kind: fc.constant('slow-node' as const),
  extraMs: fc.integer({ min: 0, max: 20 * MINUTE_MS }),
  times: fc.constant(1),
});
const lost = fc.record({
  kind: fc.constant('node-lost' as const),
  afterMs: fc.integer({ min: 0, max: 40 * MINUTE_MS }),
  times: fc.constant(1),
});
const crash = fc.record({
  kind: fc.constant('crash' as const),
  afterMs: fc.integer({ min: 0, max: 40 * MINUTE_MS }),
});
const deaf = fc.record({ kind: fc.constant('never-ends' as const) });
const pull = fc.record({ kind: fc.constant('image-pull' as const), times: fc.integer({ min: 1, max: 5 }) });
const faults = fc.array(fc.oneof(capacity, slow, lost, crash, deaf, pull), { maxLength: 3 });

const step = fc.oneof(
  fc.constantFrom('apply pool', 'apply job', 'apply service', 'delete pool', 'delete job'),
  fc.integer({ min: 1, max: 30 * MINUTE_MS }),
);

describe('no GPU is left', () => {
  it('when the pool is deleted, whatever happened before and in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), faults, async (steps, told) => {
        const { clock, cloud, cluster, faults } = await virtualCloud();
        for (const fault of told) faults.add(fault);
        const { pool, job, service } = engineManifests(clock, { lifeMs: 24 * 60 * MINUTE_MS });
        for (const doing of steps) {
          // A task that comes while the old object is being deleted is told to come again.
          if (doing === 'apply pool') await cluster.apply(pool).catch(isConflict);
          else if (doing === 'apply job') await cluster.apply(job).catch(isConflict);
          else if (doing === 'apply service') await cluster.apply(service);
          else if (doing === 'delete pool') await cluster.delete(refOf(pool));
          else if (doing === 'delete job') await cluster.delete(refOf(job));
          else await clock.sleep(doing);
        }
        await cluster.delete(refOf(job));
        await cluster.delete(refOf(pool));
        await clock.sleep(RELEASE_MS);
        expect(await leftOf(cloud, cluster)).toEqual([]);
        for (const { launchedMs, billedMs, presentMs } of durationsOf(cloud)) {
          expect(launchedMs).toBeLessThanOrEqual(billedMs);
          expect(billedMs).toBeLessThanOrEqual(presentMs);
        }
        await cloud.close();
      }),
      { numRuns: 150 },
    );
  });

  it('after its deadline, when nobody comes to delete anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 180 }), faults, async (lifeMinutes, told) => {
        const { clock, cloud, cluster, faults } = await virtualCloud();
        for (const fault of told) faults.add(fault);
        const { pool, job } = engineManifests(clock, { lifeMs: lifeMinutes * MINUTE_MS });
        await cluster.apply(pool);
        await cluster.apply(job);
        await clock.sleep(lifeMinutes * MINUTE_MS + RELEASE_MS);
        const left = await leftOf(cloud, cluster);
        expect(left.filter((what) => !what.startsWith('Pod'))).toEqual([]);
        await cloud.close();
      }),
      { numRuns: 150 },
    );
  });

  it('of a deployment that asks twice: the limit holds it at one instance at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('pool', 'job', 'wait'), { maxLength: 10 }), async (steps) => {
        let most = 0;
        const { clock, cloud, cluster } = await virtualCloud({
          onInstance: () => {
            const running = cloud.instanceHistory().filter(({ state }) => state === 'pending' || state === 'running');
            most = Math.max(most, running.length);
          },
        });
        const { pool, job } = engineManifests(clock);
        for (const what of steps) {
          if (what === 'pool') await cluster.apply(pool);
          else if (what === 'job') await cluster.apply(job);
          else await clock.sleep(45_000);
        }
        await clock.sleep(10 * MINUTE_MS);
        expect(most).toBeLessThanOrEqual(1);
        await cloud.close();
      }),
      { numRuns: 30 },
    );
  });
});

function isConflict(error: unknown): void {
  expect(error).toMatchObject({ name: 'Conflict' });
}
