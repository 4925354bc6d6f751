import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endLease, holdsRun, liveRuns, offerLease, readLease, takeLease, takenOver } from '#lambdas/store/lease.ts';
import { breaksOnce, interleaved, json, watched } from '../fakes/stores.ts';
import { FIRST, RUN, SECOND, World } from '../fakes/world.ts';

const KEY = `runs/${RUN}/lease.json`;
const active = expect.objectContaining({ name: 'RunAlreadyActive' });

/** Takes the lease as ExpandMatrix does. */
async function take(world: World, execution: string, run = RUN) {
  const offer = await offerLease(world, run, execution);
  await takeLease(world, offer, { run, execution, attempt: offer.attempt, cluster: 'bench', deadline: 'later' });
  return offer.attempt;
}

describe('taking a lease', () => {
  it('counts the executions that held it', async () => {
    const world = new World();
    expect(await take(world, FIRST)).toBe(1);
    expect(await take(world, FIRST)).toBe(1);
    world.running.clear();
    expect(await take(world, SECOND)).toBe(2);
    expect(await json(world.store, KEY)).toMatchObject({ execution: SECOND, attempt: 2, releasedAt: null });
  });

  it('is refused while the holder lives, and possible once it let go', async () => {
    const world = new World();
    await take(world, FIRST);
    await expect(take(world, SECOND)).rejects.toEqual(active);
    await endLease(world, RUN, FIRST);
    expect(await take(world, SECOND)).toBe(2);
  });

  it('is refused to an execution that was stopped, by the one that has taken over', async () => {
    const world = new World();
    await take(world, FIRST);
    world.running.delete(FIRST);
    world.running.add(SECOND);
    await take(world, SECOND);
    await expect(take(world, FIRST)).rejects.toEqual(active);
  });

  it.each([0, 1, 2])('of any number of executions at once succeeds for one (%i held it before)', async (before) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = new World();
        world.running.clear();
        for (let i = 0; i < before; i++) await take(world, `dead-${i}`);
        const names = ['a', 'b', 'c'];
        for (const name of names) world.running.add(name);
        const store = interleaved(world.store, scheduler);
        const takers = names.map((name) => take(Object.assign(Object.create(world), { store }), name));
        const taken = await scheduler.waitFor(Promise.allSettled(takers));
        const won = taken.flatMap((one, index) => (one.status === 'fulfilled' ? [[names[index], one.value]] : []));
        expect(won).toHaveLength(1);
        expect(won[0]).toEqual([(await readLease(world.store, RUN))?.lease.execution, before + 1]);
        for (const one of taken) if (one.status === 'rejected') expect(one.reason).toEqual(active);
      }),
      { numRuns: 25 },
    );
  });

  it('twice at once by one execution gives it to that execution', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = new World();
        const twice = Object.assign(Object.create(world), { store: interleaved(world.store, scheduler) });
        expect(await scheduler.waitFor(Promise.all([take(twice, FIRST), take(twice, FIRST)]))).toEqual([1, 1]);
      }),
      { numRuns: 15 },
    );
  });

  it('succeeds when only the answer to the put was lost, and the put came twice', async () => {
    const world = new World();
    const plain = world.store;
    world.store = {
      ...plain,
      put: async (key, body, condition) => {
        await plain.put(key, body, condition);
        return plain.put(key, body, condition);
      },
    };
    expect(await take(world, FIRST)).toBe(1);
    expect((await readLease(plain, RUN))?.lease.execution).toBe(FIRST);
  });

  it('fails when the store does: no lease is pretended', async () => {
    const world = new World();
    world.store = breaksOnce(world.store, 1);
    await expect(take(world, FIRST)).rejects.toThrow('the store broke');
    expect(await readLease(world.store, RUN)).toBeUndefined();
  });

  it('is refused where the lease is of another version', async () => {
    const world = new World();
    await world.store.put(KEY, JSON.stringify({ schema_version: 2, run: RUN }));
    await expect(take(world, FIRST)).rejects.toMatchObject({ name: 'SchemaVersion', nextStep: expect.any(String) });
  });
});

describe('ending a lease', () => {
  it('is for its holder alone', async () => {
    const world = new World();
    await endLease(world, RUN, FIRST);
    await take(world, FIRST);
    await endLease(world, RUN, SECOND);
    expect((await readLease(world.store, RUN))?.lease.releasedAt).toBeNull();
  });

  it('tells when, and once', async () => {
    const world = new World();
    await take(world, FIRST);
    await endLease(world, RUN, FIRST);
    const ended = (await readLease(world.store, RUN))?.lease.releasedAt;
    world.clock.forward(60);
    await endLease(world, RUN, FIRST);
    expect((await readLease(world.store, RUN))?.lease.releasedAt).toBe(ended);
  });

  it('leaves the lease of whoever takes over in that moment', async () => {
    const world = new World();
    await take(world, FIRST);
    world.running.delete(FIRST);
    const plain = world.store;
    let raced = false;
    const store = watched(plain, async (operation) => {
      if (operation !== 'put' || raced) return;
      raced = true;
      await take(world, SECOND);
    });
    await endLease({ store, clock: world.clock }, RUN, FIRST);
    expect((await readLease(plain, RUN))?.lease).toMatchObject({ execution: SECOND, releasedAt: null });
  });
});

describe('whose run it is', () => {
  it('is the holder’s, and anybody’s without a lease', async () => {
    const world = new World();
    expect(await holdsRun(world.store, RUN, FIRST)).toBe(true);
    await take(world, FIRST);
    expect(await holdsRun(world.store, RUN, FIRST)).toBe(true);
    expect(await holdsRun(world.store, RUN, SECOND)).toBe(false);
    expect(await takenOver(world, RUN, FIRST)).toBeUndefined();
    expect((await takenOver(world, RUN, SECOND))?.execution).toBe(FIRST);
  });

  it('is not an execution’s that has ended, or let go', async () => {
    const world = new World();
    await take(world, FIRST);
    world.running.delete(FIRST);
    expect(await takenOver(world, RUN, SECOND)).toBeUndefined();
    world.running.add(FIRST);
    await endLease(world, RUN, FIRST);
    expect(await takenOver(world, RUN, SECOND)).toBeUndefined();
  });
});

describe('leases that live on a cluster', () => {
  it('are those of other runs that run, on this cluster, and are not released', async () => {
    const world = new World();
    for (const run of ['alive', 'ended', 'dead', RUN]) {
      world.running.add(run);
      await take(world, run, run);
    }
    await endLease(world, 'ended', 'ended');
    world.running.delete('dead');
    expect(await liveRuns(world, 'bench', RUN)).toEqual(['alive']);
    expect(await liveRuns(world, 'other', RUN)).toEqual([]);
  });

  it('are read many at a time: one after the other, a thousand would take longer than a release may', async () => {
    const world = new World();
    const runs = ['a', 'b', 'c'];
    for (const run of runs) {
      world.running.add(run);
      await take(world, run, run);
    }
    const asked: string[] = [];
    const { promise: all, resolve } = Promise.withResolvers<void>();
    world.store = watched(world.store, (_, key) => {
      if (asked.push(key) === runs.length) resolve();
      return all;
    });
    expect(await liveRuns(world, 'bench')).toEqual(runs);
  });

  it('are looked for past what others keep in the bucket', async () => {
    const world = new World();
    await world.store.put('runs/Not A Run/notes.txt', 'x');
    await world.store.put('runs/empty/plan.json', '{}');
    expect(await liveRuns(world, 'bench', RUN)).toEqual([]);
  });
});
