import { expect, test } from 'vitest';
import { watched } from '#test/lambdas/fakes/stores.ts';
import { newWorld, virtualRun } from './virtual-run.ts';

const matrixOf = (deployments: number) => ({
  name: 'many',
  matrix: {
    instanceType: ['g5.8xlarge'],
    shmGiB: Array.from({ length: deployments }, (_, index) => index + 1),
    concurrency: [2],
  },
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 },
  budgetUsd: 10_000,
});

/** What a run asks of its store, for each of its deployments, which are all under way at once. */
async function askedByEach(deployments: number) {
  const world = newWorld();
  const plain = world.store;
  let requests = 0;
  let bytes = 0;
  const counted = watched(plain, () => {
    requests += 1;
  });
  world.store = {
    ...counted,
    get: async (key) => {
      const found = await counted.get(key);
      bytes += found?.body.length ?? 0;
      return found;
    },
  };
  const ending = await virtualRun({ world, matrix: matrixOf(deployments) });
  expect(ending).toMatchObject({ status: 'SUCCEEDED', output: { status: 'SUCCEEDED' } });
  return { requests: requests / deployments, bytes: bytes / deployments };
}

test('five times the deployments ask the store for no more each', async () => {
  const few = await askedByEach(6);
  const many = await askedByEach(30);
  expect(many.requests / few.requests).toBeLessThan(1);
  expect(many.bytes / few.bytes).toBeLessThan(1);
});
