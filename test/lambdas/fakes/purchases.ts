import type { Purchase } from '#core/results/account.ts';
import { samplePrice } from '#test/core/results/samples.ts';
import { BEGAN } from './clock.ts';
import { RUN } from './world.ts';

/** What was announced of an engine's node: asked for when the clock began, to be gone in half an hour. */
export const purchase = (made: Partial<Purchase> = {}): Purchase => ({
  schema_version: 1,
  run: RUN,
  attempt: 1,
  deployment: 'd0',
  nodePool: 'sb-night-d0-abcde',
  askedAt: BEGAN,
  deadline: new Date(Date.parse(BEGAN) + 1800_000).toISOString(),
  nodes: 1,
  price: samplePrice,
  downloadUsd: 0.45,
  stagingUsd: 0,
  emptyAt: null,
  ...made,
});
