import { describe, expect, test } from 'vitest';
import { fullDisk, keysOf, watched } from '#test/lambdas/fakes/stores.ts';
import { cellsOf, newWorld, SMALL, virtualRun } from './virtual-run.ts';

/** A run on a store that takes so many puts and then none; whoever frees it, when nodes are to go. */
async function filling(puts: number) {
  const world = newWorld();
  const plain = world.store;
  let left = puts;
  let full = 0;
  world.store = watched(plain, (operation, key) => {
    if (operation !== 'put' || left-- > 0) return;
    full += 1;
    fullDisk(operation);
    throw new Error(`${key} was written`);
  });
  const startedMs = world.clock.nowMs();
  const ending = await virtualRun({ world });
  return { ...ending, full, seconds: (world.clock.nowMs() - startedMs) / 1000, keys: await keysOf(plain) };
}

/** Undisturbed it takes as many, and this long in virtual time. */
const ENOUGH = Number.POSITIVE_INFINITY;

describe('a store that fills up', () => {
  test('at any put: nothing is left running, the run ends soon, and says so with what to do', async () => {
    const undisturbed = await filling(ENOUGH);
    expect(undisturbed).toMatchObject({ status: 'SUCCEEDED', warnings: [] });
    let puts = 0;
    for (; ; puts += 1) {
      const ending = await filling(puts);
      if (ending.full === 0) break;
      expect.soft(ending, `full after ${puts} puts`).toMatchObject({ released: true, nodesLeft: 0 });
      // The nodes' own time, and a few tries of every task.
      expect.soft(ending.seconds, `full after ${puts} puts`).toBeLessThan(undisturbed.seconds + 120);
      const said = [ending.cause, ...ending.warnings].join();
      expect.soft(said, `full after ${puts} puts`).toContain('The disk is full. Free some space.');
      expect.soft(ending.error, `full after ${puts} puts`).toBeOneOf(['StoreFull', undefined]);
      if (ending.status === 'SUCCEEDED') expect(ending.output?.cells).toMatchObject({ valid: 4, total: 4 });
    }
    expect(puts).toBeGreaterThan(20);
  });

  test('keeps every row that was written, and begins no cell that it could not keep', async () => {
    const whole = await filling(ENOUGH);
    const rowOf = (key: string) => /\/rows\/(.*)\.json$/.exec(key)?.[1];
    const order: string[] = [];
    const world = newWorld();
    const plain = world.store;
    let launched = 0;
    world.store = watched(plain, (operation, key) => {
      if (operation !== 'put') return;
      if (order.length === 1) fullDisk(operation);
      if (rowOf(key) !== undefined) order.push(rowOf(key) as string);
    });
    const ending = await virtualRun({
      world,
      around: (invoke) => (name, input) => {
        if (name === 'LaunchJob') launched += 1;
        return invoke(name, input);
      },
    });
    expect(whole.rows.map((row) => row.cell_id)).toEqual(cellsOf(SMALL));
    expect(ending).toMatchObject({ status: 'FAILED', error: 'StoreFull', nodesLeft: 0 });
    expect(ending.rows.map((row) => row.cell_id)).toEqual(order);
    // The first cell of each of the two deployments, side by side, and one more.
    expect(launched).toBe(3);
  });
});
