import type { World } from '../fakes/world.ts';

/** Past every deadline of a run, and past what a release may take on top. */
export const PAST_EVERY_DEADLINE_SECONDS = 3 * 24 * 3600;

/** Of a run without a plan, whose execution is gone. */
const LEASE = {
  schema_version: 1,
  run: 'other',
  execution: 'arn:aws:states:us-east-1:1:execution:sb:gone',
  attempt: 1,
  cluster: 'bench',
  deadline: '2026-07-01T10:00:00.000Z',
  releasedAt: null,
};

export const RELEASED = { releasedAt: '2026-07-01T11:00:00.000Z' };

/** Beside the run that a world has planned. */
export async function addLease(world: World, changes: object = {}): Promise<void> {
  const lease = { ...LEASE, ...changes };
  await world.store.put(`runs/${lease.run}/lease.json`, JSON.stringify(lease));
}
