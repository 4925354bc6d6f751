import { describe, expect, it } from 'vitest';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { notify } from '#lambdas/notify/task.ts';
import { writeAnswer } from '#lambdas/store/answer.ts';
import { collectingNotifier } from '#local/notifier/collecting-notifier.ts';
import { watched } from '../fakes/stores.ts';
import { MATRIX, NO_FAILURE, RUN, World } from '../fakes/world.ts';

async function told(world: World, input: Partial<TaskInput<'Notify'>> = {}) {
  const notifier = collectingNotifier();
  const cells = { total: 4, valid: 2, invalid: 1, failed: 1 };
  await notify({ store: world.store, notifier })({
    ...{ run: RUN, status: 'PARTIAL', failure: NO_FAILURE, cells, warnings: [] },
    ...input,
  });
  expect(notifier.published).toHaveLength(1);
  return notifier.published[0]!;
}

describe('the notification of a run', () => {
  it('says the status, the answer in three lines, and what was warned of', async () => {
    const world = await World.planned();
    const rows = [{ role: 'total', total_usd: 1.5, measure_usd: 0.5, simulated: true }];
    await writeAnswer(world.store, {
      ...{ schema_version: 1, run: RUN, name: 'run-cost', question: '', parameters: [], rows },
      answeredAt: world.clock.iso,
    });
    const { subject, body, run, status } = await told(world, { warnings: ['PublishReport: States.Timeout'] });
    expect({ subject, run, status }).toEqual({ subject: 'StepBench PARTIAL: small', run: RUN, status: 'PARTIAL' });
    expect(body.split('\n')).toEqual([
      'PARTIAL: 2 of 4 cells valid, 1 not valid, 1 failed.',
      'Cheapest: no valid measurement to rank.',
      'Within the latency target: none.',
      'Nodes: $1.5000 [SIMULATED], of it measuring $0.5000.',
      expect.stringMatching(
        /^The cluster bench is kept .*\$0\.10 an hour, \$73\.00 a month \(AWS price list, AmazonEKS, 2026-07\)/,
      ),
      'Warning: PublishReport: States.Timeout',
    ]);
  });

  it('is sent once where it cannot be written down that it was: a second try would send it again', async () => {
    const world = await World.planned();
    world.store = watched(world.store, (operation) => {
      if (operation === 'put') throw new Error('denied');
    });
    expect((await told(world, { status: 'FAILED' })).status).toBe('FAILED');
  });

  it('says nothing of a cluster that goes with the run, or that could not be made', async () => {
    const failure = { error: 'ClusterFailed', cause: 'no subnets' };
    expect((await told(await World.planned(), { status: 'FAILED', failure })).body).not.toContain('is kept');
    const world = await World.planned({ ...MATRIX, cluster: { name: 'bench', ephemeral: true } });
    expect((await told(world)).body).not.toContain('is kept');
  });

  it('says why, in words, and once', async () => {
    const world = await World.planned();
    const reason = async (error: string, cause: string) =>
      (await told(world, { failure: { error, cause } })).body.split('\n')[1];
    expect(await reason('ClusterFailed', '{"errorMessage":"no subnets","trace":["x"]}')).toBe(
      'ClusterFailed: no subnets',
    );
    expect(await reason('States.Timeout', '')).toBe('States.Timeout');
  });

  it('has a subject that SNS takes, whatever the matrix is called: printable ASCII, 100 characters at most', async () => {
    const world = await World.planned();
    const path = `runs/${RUN}/plan.json`;
    for (const name of ['größer\nals 🙂', 'x'.repeat(300), '']) {
      await world.store.put(path, JSON.stringify({ ...(await world.plan()), name }));
      expect((await told(world)).subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    }
  });

  it('goes out for a run that was never planned', async () => {
    expect(await told(new World(), { status: 'FAILED' })).toMatchObject({ subject: `StepBench FAILED: ${RUN}` });
  });

  it('does not show figures that an earlier execution was answered', async () => {
    const world = await World.planned();
    const rows = [{ role: 'total', total_usd: 99, measure_usd: 9, simulated: false }];
    await writeAnswer(world.store, {
      ...{ schema_version: 1, run: RUN, name: 'run-cost', question: '', parameters: [], rows },
      answeredAt: world.clock.iso,
    });
    world.clock.forward(60);
    await world.resume();
    expect((await told(world)).body).not.toContain('99');
  });
});
