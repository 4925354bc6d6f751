import { expect, it } from 'vitest';
import { longCells } from '#core/plan/long-cells.ts';
import { mustRead, withMatrix } from '../matrix/fixtures.ts';

/** A deployment of each load, which takes longer than its cells may: of the open one for certain. */
const { deployments } = mustRead({
  ...withMatrix({
    instanceType: ['g5.8xlarge'],
    concurrency: [4],
    include: [{ instanceType: 'g5.12xlarge', requestRate: 0.5 }],
  }),
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 },
  load: { openLoadSeconds: 3000, maxCellSeconds: 500, requestsPerConcurrency: 400 },
});
const told = (...loads: ('closed' | 'open')[]) =>
  longCells({
    deployments: loads.map((load) =>
      deployments.find(({ cells }) => cells.every(({ concurrency }) => (concurrency === null) === (load === 'open'))),
    ),
  } as unknown as Parameters<typeof longCells>[0]);

it('cells are said to be cut off for certain where each of them is, in whatever order', () => {
  expect(told('open')).toMatchObject({ count: 1, isCertain: true });
  expect(told('closed')).toMatchObject({ count: 1, isCertain: false });
  for (const both of [told('open', 'closed'), told('closed', 'open')]) {
    expect(both).toMatchObject({ count: 2, isCertain: false, cell: { requestRate: 0.5 } });
  }
});
