import { expect, it, vi } from 'vitest';
import { AUTO_IN_AWS } from '#core/generators/generators.ts';

const { expandMatrix } = vi.hoisted(() => ({
  expandMatrix: vi.fn((_ports: unknown, _settings: unknown) => async () => ({})),
}));
vi.mock('#lambdas/expand-matrix/task.ts', () => ({ expandMatrix }));

it('the function measures with what a laptop plans for a run in AWS: a resume goes on with the same', async () => {
  await import('#lambdas/expand-matrix/index.ts');
  expect(expandMatrix.mock.calls).toEqual([
    [expect.anything(), expect.objectContaining({ autoGenerator: AUTO_IN_AWS })],
  ]);
});
