import { describe, expect, test } from 'vitest';
import type { ExecutionEvent } from '#core/progress/execution-event.ts';
import { readRecords } from '#lambdas/store/deployment-record.ts';
import { findPlan } from '#lambdas/store/plan.ts';
import { newWorld, type RunOptions, SMALL, virtualRun } from './virtual-run.ts';

const HELD = { ...SMALL, budgetUsd: 60, hold: { minutes: 30 } };

/** A run, and what its nodes were held for and cost, by instance type. */
async function run(options: RunOptions) {
  const world = options.world ?? newWorld();
  const ending = await virtualRun({ ...options, world });
  const records = (await readRecords(world.store, 'small')).filter(({ role }) => role === 'engine');
  const plan = (await findPlan(world.store, 'small'))!;
  return { ending, records, plan };
}

describe('a run that holds its deployments', () => {
  test('keeps each node half an hour longer, pays for it, and stays within its budget', async () => {
    const plain = await run({ matrix: { ...SMALL, budgetUsd: 60 } });
    const held = await run({ matrix: HELD });
    expect(held.ending.output?.status).toBe('SUCCEEDED');
    expect(held.ending.nodesLeft).toBe(0);
    for (const record of held.records) {
      const before = plain.records.find((one) => one.deployment_id === record.deployment_id)!;
      expect(record.node_s - before.node_s).toBeGreaterThan(1795);
      expect(record.node_s - before.node_s).toBeLessThan(1830);
      expect(record.idle_s - before.idle_s).toBeCloseTo(1800, -1);
      const hourly = record.price_usd_per_hour! + record.fee_usd_per_hour!;
      expect(record.total_usd - before.total_usd).toBeCloseTo(hourly / 2, 1);
    }
    expect(held.records.reduce((sum, { total_usd }) => sum + total_usd, 0)).toBeLessThan(held.plan.budgetUsd);
  });

  test('ends the hold at the deadline of the deployment, whatever is left of it', async () => {
    const entered: string[] = [];
    const deadlines: string[] = [];
    const onEvent = ({ event }: ExecutionEvent) => {
      const { name } = event.stateEnteredEventDetails ?? event.stateExitedEventDetails ?? {};
      if (name === 'HoldDeployment') entered.push(event.timestamp);
      const deadline = /"deploymentDeadline":"([^"]+)"/.exec(event.taskScheduledEventDetails?.parameters ?? '')?.[1];
      if (deadline !== undefined) deadlines.push(deadline);
    };
    const matrix = { ...HELD, matrix: { instanceType: ['g5.8xlarge'], concurrency: [2, 4] } };
    const { cause } = await virtualRun({ matrix: { ...matrix, budgetUsd: 0.5 } });
    // The least that the run may have: there is nothing to spare for a node that comes late.
    const budgetUsd = Math.ceil(Number(/estimate of \$([\d.]+)/.exec(cause!)?.[1]) * 100) / 100;
    const { ending, plan, records } = await run({
      matrix: { ...matrix, budgetUsd },
      onEvent,
      faults: [{ kind: 'slow-node', extraMs: 480_000, where: { instanceType: 'g5.8xlarge' } }],
    });
    expect(ending.output?.status).toBe('SUCCEEDED');
    expect(ending.nodesLeft).toBe(0);
    const [enteredAt, leftAt] = entered;
    expect(leftAt).toBe(deadlines[0]);
    expect(Date.parse(leftAt!) - Date.parse(enteredAt!)).toBeLessThan(1_800_000);
    expect(records[0]!.total_usd).toBeLessThan(plan.budgetUsd);
  });

  test('is let go of when it is stopped in the middle of the hold', async () => {
    let stop = (_: string) => {};
    let holding = 0;
    const world = newWorld();
    const { ending } = await run({
      world,
      matrix: HELD,
      started: (handle) => {
        stop = handle.stop;
      },
      onEvent: ({ event }) => {
        if (event.stateEnteredEventDetails?.name !== 'HoldDeployment') return;
        holding += 1;
        if (holding === 2) world.clock.after(60_000, () => stop('enough'));
      },
    });
    expect(ending.status).toBe('ABORTED');
    expect(ending.released).toBe(true);
    expect(ending.nodesLeft).toBe(0);
    expect(ending.rows.every(({ status }) => status === 'measured')).toBe(true);
    // Two nodes that would have been held for half an hour more.
    const whole = await run({ matrix: HELD });
    expect(whole.ending.gpuSeconds - ending.gpuSeconds).toBeGreaterThan(3000);
  });

  test('holds nothing that could not be measured', async () => {
    const entered: (string | undefined)[] = [];
    const { ending } = await run({
      matrix: { ...HELD, matrix: { instanceType: ['g5.8xlarge'], concurrency: [2] } },
      faults: [{ kind: 'insufficient-capacity', where: { instanceType: 'g5.8xlarge' } }],
      onEvent: ({ event }) => entered.push(event.stateEnteredEventDetails?.name),
    });
    expect(ending.error).toBe('NothingMeasured');
    expect(entered).not.toContain('HoldDeployment');
  });
});
