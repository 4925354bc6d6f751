import { expect } from 'vitest';
import { writeRecord } from '#lambdas/store/deployment-record.ts';
import { endLease, readLease } from '#lambdas/store/lease.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { record } from '../fakes/records.ts';
import { measured } from '../fakes/rows.ts';
import { FIRST, MATRIX, RUN, SECOND, type World } from '../fakes/world.ts';

export const refused = (name: string, message: RegExp) =>
  expect.objectContaining({ name, message: expect.stringMatching(message) });
export const lease = async (world: World) => (await readLease(world.store, RUN))?.lease;

/** The first execution has ended, and let go. */
export async function ended(world: World): Promise<void> {
  world.running.delete(FIRST);
  world.running.add(SECOND);
  await endLease(world, RUN, FIRST);
  world.clock.forward(3600);
}
export const resume = (world: World, matrix: unknown = MATRIX) => world.expand({ execution: SECOND, matrix });
export const measureAll = async (world: World) => {
  for (const one of await world.deployments()) {
    for (const cell of [0, 1]) await recordRow(world.store, measured(one, { cell }));
  }
};
/** A node of the first execution that cost so much. */
export const spend = (world: World, total_usd: number) =>
  writeRecord(world.store, { ...record(), total_usd }, undefined);
