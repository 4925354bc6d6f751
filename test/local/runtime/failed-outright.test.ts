import { expect, test } from 'vitest';
import { virtualRun } from './virtual-run.ts';

/** What a deployment's execution may not be given back: it fails outright, and no Catch in it sees that. */
const TOO_LARGE = 'x'.repeat(300 * 1024);

/** Enough that a list of their inputs and causes is larger than a state may return. */
const FAILING = 450;

const MANY = {
  name: 'many',
  matrix: {
    instanceType: ['g5.8xlarge'],
    shmGiB: Array.from({ length: 50 }, (_, index) => index + 1),
    engineArguments: Array.from({ length: (FAILING + 50) / 50 }, (_, index) => ['--max-num-seqs', `${index + 1}`]),
    concurrency: [2],
  },
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 },
  budgetUsd: 100_000,
};

test('hundreds of deployments that fail outright take neither the others nor the end of the run with them', async () => {
  const failing = new Set<string>();
  const ending = await virtualRun({
    matrix: MANY,
    around: (invoke) => async (name, input) => {
      if (name !== 'ProvisionNodePool') return invoke(name, input);
      const { deployment } = input as { deployment: string };
      if (failing.size < FAILING) failing.add(deployment);
      return failing.has(deployment) ? TOO_LARGE : invoke(name, input);
    },
  });
  expect(ending).toMatchObject({ status: 'SUCCEEDED', released: true, nodesLeft: 0 });
  expect(ending.output).toMatchObject({ status: 'PARTIAL', cells: { total: 500, valid: 50, invalid: 0, failed: 450 } });
  expect(ending.warnings.join()).toContain('failed outright');
  // Each has its row, and the answers have them all.
  expect(ending.rows).toHaveLength(500);
  expect(ending.parquetCells).toHaveLength(500);
});
