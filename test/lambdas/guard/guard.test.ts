import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseKey } from '#core/results/layout.ts';
import type { Failure } from '#core/workflow/payload.ts';
import { guard } from '#lambdas/guard/task.ts';
import { endMetrics } from '#lambdas/notify/end-metrics.ts';
import { notify as notifyOf } from '#lambdas/notify/task.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { readRows } from '#lambdas/store/rows.ts';
import { deploy, ends } from '../fakes/deployed.ts';
import { keysOf, watched } from '../fakes/stores.ts';
import { FIRST, MATRIX, NO_FAILURE, RUN, SECOND, World } from '../fakes/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.planned();
});

const event = (detail: Record<string, unknown> = {}) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: FIRST, status: 'ABORTED', input: JSON.stringify({ matrix: {}, run: RUN }), ...detail },
});
/** What the guard does now, of the stack `bench`. */
const guarded = (of: unknown, why = async (): Promise<Failure> => NO_FAILURE) =>
  guard(world, { stack: 'bench', why })(of);
const lease = async () => (await readLease(world.store, RUN))!.lease;

describe('what follows an execution that failed', () => {
  it('lets go of its nodes, and says that they are not gone until they are', async () => {
    world.running.clear();
    const { pool } = deploy(world, (await world.deployments())[0]!);
    expect(await guarded(event())).toMatchObject({ run: RUN, released: false, finalized: true });
    expect(world.cluster.names('NodePool')).toEqual([]);
    ends(world, pool);
    expect(await guarded(event())).toMatchObject({ run: RUN, released: true, errors: [] });
    expect((await lease()).releasedAt).toBe(world.clock.iso);
  });

  it.each([
    [{ status: 'ABORTED' }, 'Interrupted'],
    [{ status: 'ABORTED', error: 'TooSlow', cause: 'I had enough' }, 'Interrupted'],
    [{ status: 'TIMED_OUT', error: null, cause: null }, 'Interrupted'],
    [{ status: 'FAILED', error: 'ClusterFailed', cause: 'no subnet' }, 'ClusterFailed'],
  ])('gives every cell that was not reached a row that says why: %j', async (detail, error) => {
    world.running.clear();
    await guarded(event(detail));
    const rows = await readRows(world.store, RUN);
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.error_name))).toEqual(new Set([error]));
    const tables = (await keysOf(world.store, 'results/')).map((key) => parseKey(key)?.kind);
    expect(tables).toEqual(['results', 'results']);
  });

  it.each([
    ['names no run', JSON.stringify({ matrix: {} })],
    ['is too large for the event', null],
    ['names another run', JSON.stringify({ run: 'other' })],
  ])('finds the run by its lease where the input %s', async (_why, input) => {
    world.running.clear();
    expect(await guarded(event({ input }))).toMatchObject({ run: RUN, released: true });
    expect(world.notifier.published).toMatchObject([
      { run: RUN, body: expect.stringContaining(`run ${RUN} was stopped`) },
    ]);
  });

  it('leaves a run alone that another execution has taken over', async () => {
    await world.resume();
    deploy(world, (await world.deployments())[0]!);
    expect(await guarded(event())).toMatchObject({ run: null });
    expect(world.cluster.names('NodePool')).toHaveLength(1);
    expect(await lease()).toMatchObject({ execution: SECOND, releasedAt: null });
  });

  it('lets go of the nodes of a run whose rows cannot be written', async () => {
    world.running.clear();
    const { pool } = deploy(world, (await world.deployments())[0]!);
    ends(world, pool);
    const { store } = world;
    world.store = {
      ...store,
      put: async (key, ...rest) => {
        if (key.includes('/rows/')) throw new Error('the disk is full');
        return store.put(key, ...rest);
      },
    };
    const done = await guarded(event());
    expect(done).toMatchObject({ released: true, finalized: false });
    expect(done.errors.map(({ task }) => task)).toEqual(['FinalizeRun', 'FinalizeRun']);
    expect(world.cluster.names('NodePool')).toEqual([]);
  });

  it('asks for its nodes to go before it looks at rows, which may take for ever', async () => {
    world.running.clear();
    deploy(world, (await world.deployments())[0]!);
    world.store = watched(world.store, (operation, key) =>
      operation === 'put' && key.includes('/rows/') ? new Promise<void>(() => {}) : undefined,
    );
    void guarded(event());
    await vi.waitFor(() => expect(world.cluster.names('NodePool')).toEqual([]));
  });

  it('tells the dashboard of a run that was stopped, with what it cost, once it is gone and no second time', async () => {
    world.running.clear();
    const { pool } = deploy(world, (await world.deployments())[0]!);
    expect((await guarded(event())).metrics).toEqual({});
    ends(world, pool);
    const { metrics } = await guarded(event());
    expect(metrics).toMatchObject({ RunsEnded: 1, RunsFailed: 1, CellsMeasured: 0 });
    expect(metrics.Dollars).toBeGreaterThan(0);
    expect((await guarded(event())).metrics).toEqual({});
  });

  it('tells nothing of a run that its own machine has told of before it failed', async () => {
    world.running.clear();
    await endMetrics(world, { run: RUN, status: 'FAILED' });
    expect(await guarded(event({ status: 'FAILED' }))).toMatchObject({ released: true, metrics: {} });
  });

  it('lets go of a run whose sums cannot be made', async () => {
    world.running.clear();
    world.store = watched(world.store, (operation, key) => {
      if (operation === 'put' && key.includes('/counted/')) throw new Error('throttled');
    });
    expect(await guarded(event())).toMatchObject({ released: true, finalized: true, metrics: {}, errors: [] });
  });

  it('takes no other event for one of these', async () => {
    await expect(guarded({ detail: { executionArn: FIRST, status: 'SUCCEEDED' } })).rejects.toThrow();
  });
});

describe('what is told of an execution that failed', () => {
  const published = () => world.notifier.published;
  const told = async (detail: Record<string, unknown>) => {
    await guarded(event(detail));
    expect(published()).toHaveLength(1);
    const { subject, body, run, status } = published()[0]!;
    return { subject, lines: body.split('\n'), run, status };
  };
  const cause = (message: string) => JSON.stringify({ errorType: 'InvalidMatrix', errorMessage: message, trace: [] });

  it('of a matrix that was refused, which a schedule has started: every mistake, and that it comes again', async () => {
    world = new World();
    const { subject, lines, run, status } = await told({
      status: 'FAILED',
      error: 'InvalidMatrix',
      cause: cause('The matrix has a mistake:\nbudgetUsd = -1: is too small. Write more than 0.'),
      input: JSON.stringify({ matrix: {}, run: 'nightly@2026-11-24T02:30:00Z' }),
    });
    expect({ subject, run, status }).toEqual({
      ...{ subject: 'StepBench FAILED: nightly-20261124t0230', run: 'nightly-20261124t0230', status: 'FAILED' },
    });
    expect(lines.slice(0, 4)).toEqual([
      'FAILED: run nightly-20261124t0230 failed: InvalidMatrix: The matrix has a mistake:',
      'budgetUsd = -1: is too small. Write more than 0.',
      'It had bought nothing: it was refused before anything was started, or another execution has its run.',
      'What to do: Mend the matrix where each line says; nothing was started. The schedule has the same matrix the next time: stepbench schedule delete nightly --stack bench, and create it anew.',
    ]);
    expect(lines).toContain(`Execution: ${FIRST}`);
  });

  it.each([
    ['TIMED_OUT', null, null, 'took longer than its ceiling, and was ended.'],
    ['ABORTED', null, null, 'was stopped.'],
    ['ABORTED', 'Released', 'by the janitor', 'was stopped: Released: by the janitor'],
    ['FAILED', 'States.Runtime', null, 'failed: States.Runtime'],
  ])('of one that %s (%s, %s): what is left of it, what stands and costs, and how to go on', async (...given) => {
    const [status, error, why, said] = given;
    world.running.clear();
    const { pool } = deploy(world, (await world.deployments())[0]!);
    const { subject, lines } = await told({ status, error, cause: why });
    expect(subject).toBe(`StepBench ${status}: small`);
    expect(lines[0]).toBe(`${status}: run ${RUN} ${said}`);
    expect(lines[1]).toContain(`not proven yet`);
    expect(lines[2]).toMatch(/cluster bench is kept .* \$0\.10 an hour, \$73\.00 a month \(AWS price list.*2026-07\)/);
    expect(lines[3]).toContain(`stepbench run --resume ${RUN} --stack bench`);
    expect(world.cluster.names('NodePool')).toEqual([]);
    ends(world, pool);
  });

  it('of one that left nothing: that this is proven, and of a cluster that went with it no price', async () => {
    world = await World.planned({ ...MATRIX, cluster: { name: 'bench', ephemeral: true } });
    world.running.clear();
    const { lines } = await told({ status: 'TIMED_OUT' });
    expect(lines[1]).toBe('Nothing of the run is left in its cluster: that is proven.');
    expect(lines[2]).toMatch(/^What to do: /);
  });

  it('of one whose rows cannot be written: that they are missing, and why', async () => {
    world.running.clear();
    world.store = watched(world.store, (operation, key) => {
      if (operation === 'put' && key.includes('/rows/')) throw new Error('the disk is full');
    });
    const { lines } = await told({ status: 'TIMED_OUT' });
    expect(lines.slice(2, 4)).toEqual([
      'Not all of its rows are in the tables yet.',
      expect.stringMatching(/^FinalizeRun: .*the disk is full/),
    ]);
  });

  it('of one whose plan cannot be read: by the name of its run', async () => {
    world.running.clear();
    await world.store.put(`runs/${RUN}/plan.json`, 'not JSON');
    const { subject, lines } = await told({ status: 'TIMED_OUT' });
    expect(subject).toBe(`StepBench TIMED_OUT: ${RUN}`);
    expect(lines[0]).toBe(`TIMED_OUT: run ${RUN} took longer than its ceiling, and was ended.`);
  });

  it('of one that names no run, and holds none: by the name of the execution', async () => {
    world = new World();
    const executionArn = `${FIRST}-`;
    const { subject, lines } = await told({ executionArn, input: JSON.stringify({ run: 'No Run' }) });
    expect(subject).toBe('StepBench ABORTED: first-');
    expect(lines[0]).toBe('ABORTED: execution first- was stopped.');
  });

  it('with what Step Functions says of it, where the event does not: in the message and in the rows', async () => {
    world.running.clear();
    const why = async (execution: string) => ({ error: 'ClusterFailed', cause: `no subnet for ${execution}` });
    await guarded(event({ status: 'FAILED', error: '' }), why as () => Promise<Failure>);
    expect(published()[0]?.body).toContain(`failed: ClusterFailed: no subnet for ${FIRST}`);
    expect(new Set((await readRows(world.store, RUN)).map((row) => row.error_name))).toEqual(
      new Set(['ClusterFailed']),
    );
  });

  it('points to a section of the runbook that is there', async () => {
    const { lines } = await told({ status: 'TIMED_OUT' });
    const [, document = '', section] =
      lines.map((line) => /^(\S+) has more, under "(.+)"\.$/.exec(line)).find(Boolean) ?? [];
    expect(readFileSync(document, 'utf8')).toContain(`\n## ${section}\n`);
  });

  it('without a reason where nobody can tell it', async () => {
    world.running.clear();
    await guarded(event({ status: 'FAILED' }), () => Promise.reject(new Error('throttled')));
    expect(published()[0]?.body.split('\n')[0]).toBe(`FAILED: run ${RUN} failed.`);
  });

  it('once: not of what Notify has told, and of nothing a second time', async () => {
    world.running.clear();
    const notify = notifyOf(world);
    const cells = { total: 4, valid: 0, invalid: 0, failed: 4 };
    await notify({ run: RUN, status: 'FAILED', failure: { error: '', cause: '' }, cells, warnings: [] });
    expect(await guarded(event({ status: 'FAILED', error: 'NothingMeasured' }))).toMatchObject({ told: false });
    expect(published()).toHaveLength(1);

    world = await World.planned();
    world.running.clear();
    expect(await guarded(event())).toMatchObject({ told: true });
    expect(await guarded(event())).toMatchObject({ told: false });
    expect(published()).toHaveLength(1);
  });

  it('though Notify has told that it succeeded, or could not tell that it failed', async () => {
    const end = { run: RUN, failure: NO_FAILURE, cells: { total: 4, valid: 4, invalid: 0, failed: 0 }, warnings: [] };
    await notifyOf(world)({ ...end, status: 'SUCCEEDED' });
    const unheard = { ...world, notifier: { publish: () => Promise.reject(new Error('no topic')) } };
    await expect(notifyOf(unheard)({ ...end, status: 'FAILED' })).rejects.toThrow('no topic');
    world.running.clear();
    expect(await guarded(event())).toMatchObject({ told: true });
  });

  it('where the store does not say whether somebody has told it', async () => {
    world.running.clear();
    world.store = watched(world.store, (operation, key) => {
      if (operation === 'get' && key.includes('/told/')) throw new Error('denied');
    });
    expect(await guarded(event())).toMatchObject({ told: true });
    expect(published()).toHaveLength(1);
  });

  it('though Notify has told of an earlier execution of the run', async () => {
    const cells = { total: 4, valid: 0, invalid: 0, failed: 4 };
    await notifyOf(world)({ run: RUN, status: 'FAILED', failure: { error: '', cause: '' }, cells, warnings: [] });
    await world.resume();
    world.running.clear();
    expect(await guarded(event({ executionArn: SECOND }))).toMatchObject({ run: RUN, told: true });
  });

  it('also where the store is no longer to be written to', async () => {
    world.running.clear();
    world.store = watched(world.store, (operation) => {
      if (operation === 'put') throw new Error('denied');
    });
    await guarded(event({ status: 'FAILED', error: 'StoreDenied', cause: 'no' })).catch(() => {});
    expect(published()).toHaveLength(1);
  });

  it('after its nodes were let go of: a topic that cannot be reached keeps none', async () => {
    world.running.clear();
    deploy(world, (await world.deployments())[0]!);
    const { notifier } = world;
    Object.assign(world, { notifier: { publish: () => Promise.reject(new Error('no topic')) } });
    await expect(guarded(event())).rejects.toThrow('no topic');
    expect(world.cluster.names('NodePool')).toEqual([]);
    Object.assign(world, { notifier });
    expect(await guarded(event())).toMatchObject({ told: true });
    expect(published()).toHaveLength(1);
  });
});
