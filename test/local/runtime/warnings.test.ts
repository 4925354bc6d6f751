import { expect, test } from 'vitest';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { watched } from '#test/lambdas/fakes/stores.ts';
import { newWorld, virtualRun } from './virtual-run.ts';

/** A run whose store takes everything but what this matches; and what Notify was told in the end. */
async function without(key: RegExp) {
  const world = newWorld();
  world.store = watched(world.store, (operation, written) => {
    if (operation === 'put' && key.test(written)) throw new Error('the store broke');
  });
  let notified: string[] = [];
  const ending = await virtualRun({
    world,
    around: (invoke) => (name, input) => {
      if (name === 'Notify') notified = (input as TaskInput<'Notify'>).warnings;
      return invoke(name, input);
    },
  });
  expect(ending).toMatchObject({ nodesLeft: 0, released: true });
  return { ...ending, notified };
}

test.each([
  [
    'of engines',
    /^runs\/small\/deployments\/(?!load)/,
    /recorded: g5\.\w+ of deployment \w+, g5\.\w+ of deployment \w+\./,
  ],
  ['of the load generators', /^runs\/small\/deployments\/load\//, /recorded: the load generators’ nodes\./],
])('nodes %s that could not be recorded are told in the notification, and at the end, once', async (_, key, told) => {
  const { status, notified, warnings } = await without(key);
  expect(status).toBe('SUCCEEDED');
  expect(notified).toEqual([expect.stringMatching(told)]);
  expect(warnings).toEqual(notified);
});

test('a run of which everything is recorded warns of nothing', async () => {
  expect((await without(/^never/)).notified).toEqual([]);
});
