import { expect, it } from 'vitest';
import type { Prices } from '#core/ports/prices.ts';
import { ErrorName, StepBenchError, UnknownPriceError } from '#core/workflow/errors.ts';
import { MATRIX, World } from '../fakes/world.ts';

const WRONG = { ...MATRIX, name: 'My run', matrix: { ...MATRIX.matrix, tensorParallel: [1, 4] }, budgetUsd: 0.01 };

const pricedBy = (quote: Prices['quote']): World => Object.assign(new World(), { prices: { quote } });
const answer = async (world: World, requestedRun = 'My run') =>
  world.expand({ matrix: WRONG, requestedRun }).then(
    () => '',
    (error: Error) => `${error.name} ${error.message}`,
  );

it('has the run id, the form, the combinations, prices, quotas and the budget', async () => {
  const { prices } = new World();
  const world = pricedBy(async (request) => {
    if (request.instanceType === 'g5.16xlarge') throw new UnknownPriceError('AWS lists none.');
    return prices.quote(request);
  });
  Object.assign(world, { quotas: { vcpuLimit: async () => 48 } });
  expect((await answer(world)).split('\n')).toEqual([
    'InvalidMatrix The matrix has 6 mistakes:',
    expect.stringMatching(/^run = "My run": /),
    expect.stringMatching(/^name = "My run": /),
    expect.stringMatching(/^matrix\.tensorParallel\[1\] = 4: /),
    expect.stringMatching(/^matrix\.instanceType\[1\] = "g5\.16xlarge": no price/),
    expect.stringMatching(/^matrix\.instanceType\[1\] = "g5\.16xlarge": .* vCPUs/),
    expect.stringMatching(/^budgetUsd = 0\.01: .*Write more than/),
  ]);
});

it('is given though prices cannot be asked for: asking again would not put the matrix right', async () => {
  const world = pricedBy(async () => {
    throw new StepBenchError(ErrorName.Retryable, 'throttled');
  });
  expect(await answer(world)).toMatch(/^InvalidMatrix The matrix has 3 mistakes:\nrun .*\nname .*\nmatrix\.tensor/);
});
