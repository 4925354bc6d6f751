import { expect, test } from 'vitest';
import { MOST_MATRIX_BYTES } from '#core/matrix/size.ts';
import { matrixOfBytes } from '#test/core/matrix/fixtures.ts';
import { virtualRun } from './virtual-run.ts';

const RUN = 'r'.repeat(32);

test('the largest matrix goes through every state of the machine', async () => {
  const ending = await virtualRun({ run: RUN, matrix: matrixOfBytes(MOST_MATRIX_BYTES) });
  expect(ending).toMatchObject({ status: 'SUCCEEDED', output: { cells: { valid: 1 } } });
});

test('a byte more is told as a mistake of the matrix, and starts nothing', async () => {
  const ending = await virtualRun({ run: RUN, matrix: matrixOfBytes(MOST_MATRIX_BYTES + 1) });
  expect(ending).toMatchObject({ status: 'FAILED', error: 'InvalidMatrix', rows: [], nodesLeft: 0, gpuSeconds: 0 });
  expect(ending.cause).toContain('it may take 252 KiB');
});
