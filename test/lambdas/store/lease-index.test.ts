import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { openLeases } from '#lambdas/guards/leases.ts';
import { endLease, offerLease, readLease, takeLease } from '#lambdas/store/lease.ts';
import { announceLease, readLeaseIndex, UNTAKEN_SECONDS } from '#lambdas/store/lease-index.ts';
import { interleaved, keysOf } from '../fakes/stores.ts';
import { World } from '../fakes/world.ts';

/** A store whose callers die at its n-th change, before or after it is made. */
function deadlyAt(store: ObjectStore, nth: number, after: boolean): ObjectStore {
  let changes = 0;
  const dying = async <T>(change: () => Promise<T>): Promise<T> => {
    changes += 1;
    if (changes === nth && !after) throw new Error('died');
    const result = await change();
    if (changes === nth) throw new Error('died');
    return result;
  };
  return {
    ...store,
    put: (...args) => dying(() => store.put(...args)),
    delete: (key) => dying(() => store.delete(key)),
  };
}

const seenBy = (world: World, store: ObjectStore): World => Object.assign(Object.create(world), { store });

async function take(world: World, run: string, execution: string): Promise<void> {
  const offer = await offerLease(world, run, execution);
  await takeLease(world, offer, { run, execution, attempt: offer.attempt, cluster: 'bench', deadline: 'later' });
}

async function openRuns(world: World): Promise<string[]> {
  const open: string[] = [];
  for await (const run of world.store.folders('runs/')) {
    if ((await readLease(world.store, run))?.lease.releasedAt === null) open.push(run);
  }
  return open;
}

/** What the janitor would look after now, and what it left in the index. */
async function swept(world: World) {
  const { leases } = await openLeases(world);
  return leases.map(({ run }) => run).sort();
}

/** Every open lease has an entry of its own attempt, so that a sweep which reads the index alone finds it. */
async function isWhole(world: World): Promise<void> {
  const { open } = await readLeaseIndex(world.store);
  const entries = open.map(({ run, attempt }) => `${run} ${attempt}`);
  for (const run of await openRuns(world)) {
    expect(entries).toContain(`${run} ${(await readLease(world.store, run))?.lease.attempt}`);
  }
}

const RUNS = ['a', 'b'];
const act = fc.record({
  run: fc.constantFrom(...RUNS),
  what: fc.constantFrom('take' as const, 'end' as const, 'sweep' as const),
  execution: fc.constantFrom('first', 'second', 'third'),
  /** The change at which it dies; far beyond all that it makes, it lives. */
  diesAt: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(99)),
  after: fc.boolean(),
});

async function acts(
  world: World,
  { run, what, execution, diesAt, after }: typeof act extends fc.Arbitrary<infer T> ? T : never,
) {
  const mortal = seenBy(world, deadlyAt(world.store, diesAt, after));
  const work = {
    take: () => take(mortal, run, execution),
    end: () => endLease(mortal, run, execution),
    sweep: () => openLeases(mortal),
  };
  // Refused, or dead: either way the next one finds what there is.
  await work[what]().catch(() => {});
}

describe('the index of open leases', () => {
  it('has every open lease, whoever dies at which change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (all) => {
        const world = new World();
        world.running.clear();
        for (const one of all) {
          await acts(world, one);
          await isWhole(world);
        }
        expect(await swept(world)).toEqual(await openRuns(world));
      }),
      { numRuns: 150 },
    );
  });

  it('has every open lease, however takers, enders and sweeps meet', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(act, { minLength: 2, maxLength: 5 }), async (scheduler, all) => {
        const world = new World();
        world.running.clear();
        for (const run of RUNS) await take(world, run, 'first');
        // The day's first reads everything; those after it read the index.
        await openLeases(world);
        const met = seenBy(world, interleaved(world.store, scheduler));
        await scheduler.waitFor(Promise.all(all.map((one) => acts(met, one))));
        await isWhole(world);
        expect(await swept(world)).toEqual(await openRuns(world));
      }),
      { numRuns: 150 },
    );
  });

  it('is empty once all have ended and been looked at, but for what was announced and never taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 10 }), async (all) => {
        const world = new World();
        world.running.clear();
        for (const one of all) await acts(world, one);
        for (const run of RUNS) {
          await take(world, run, 'last');
          await endLease(world, run, 'last');
        }
        // The first one may be the day's, which deletes nothing.
        for (let n = 0; n < 2; n++) expect(await swept(world)).toEqual([]);
        for (const { run, attempt } of (await readLeaseIndex(world.store)).open) {
          expect(attempt).toBeGreaterThan((await readLease(world.store, run))!.lease.attempt);
        }
        world.clock.forward(UNTAKEN_SECONDS + 1);
        expect(await swept(world)).toEqual([]);
        expect((await readLeaseIndex(world.store)).open).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('loses no lease that is taken while what is left of an earlier try is cleared away', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom(...RUNS), { maxLength: 3 }),
        async (scheduler, runs) => {
          const world = new World();
          await openLeases(world);
          for (const run of RUNS) await announceLease(world, { run, attempt: 1 });
          world.clock.forward(UNTAKEN_SECONDS + 1);
          const met = seenBy(world, interleaved(world.store, scheduler));
          const work = [openLeases(met), ...runs.map((run) => take(met, run, 'new').catch(() => {})), openLeases(met)];
          await scheduler.waitFor(Promise.all(work));
          await isWhole(world);
          await swept(world);
          expect((await readLeaseIndex(world.store)).open.map(({ run }) => run).sort()).toEqual(await openRuns(world));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is rid of an attempt that was announced and never came, beside the one before it', async () => {
    const world = new World();
    world.running.clear();
    await take(world, 'a', 'first');
    await openLeases(world);
    await announceLease(world, { run: 'a', attempt: 2 });
    world.clock.forward(UNTAKEN_SECONDS + 1);
    expect(await swept(world)).toEqual(['a']);
    expect((await readLeaseIndex(world.store)).open).toEqual([{ run: 'a', attempt: 1 }]);
  });

  it('keeps what has just been announced for an hour, and what does not say when for an hour from now', async () => {
    const world = new World();
    await openLeases(world);
    await announceLease(world, { run: 'a', attempt: 1 });
    await world.store.put('leases/open/b.1.json', '{"schema_version":1}');
    const left = async () => {
      await openLeases(world);
      return (await readLeaseIndex(world.store)).open.map(({ run }) => run);
    };
    expect(await left()).toEqual(['a', 'b']);
    world.clock.forward(UNTAKEN_SECONDS);
    expect(await left()).toEqual(['a', 'b']);
    world.clock.forward(1);
    expect(await left()).toEqual([]);
  });

  it('is made from all leases by the first sweep after an update from a version without one', async () => {
    const world = new World();
    world.running.clear();
    for (const run of RUNS) await take(world, run, 'first');
    await endLease(world, 'b', 'first');
    for (const key of await keysOf(world.store, 'leases/')) await world.store.delete(key);
    expect(await swept(world)).toEqual(['a']);
    expect(await readLeaseIndex(world.store)).toEqual({
      open: [{ run: 'a', attempt: 1 }],
      clusters: new Set(['bench']),
      scannedDays: [world.clock.iso.slice(0, 10)],
    });
  });

  it('is mended where a lease that could not be read turns out to be open', async () => {
    const world = new World();
    world.running.clear();
    for (const execution of ['first', 'second', 'third']) await take(world, 'a', execution);
    for (const attempt of [2, 3]) await world.store.delete(`leases/open/a.${attempt}.json`);
    await world.store.put(`leases/scanned/${world.clock.iso.slice(0, 10)}.json`, '{}');
    for (let n = 0; n < 3; n++) expect(await swept(world)).toEqual(['a']);
    expect((await readLeaseIndex(world.store)).open).toEqual([{ run: 'a', attempt: 3 }]);
  });

  it('tells of a lease that cannot be read in every sweep', async () => {
    const world = new World();
    await world.store.put('runs/broken/lease.json', '{"schema_version": 9}');
    for (let n = 0; n < 3; n++, world.clock.forward(UNTAKEN_SECONDS + 1)) {
      expect((await openLeases(world)).unreadable.map(({ run }) => run)).toEqual(['broken']);
    }
  });
});
