import { beforeAll, describe, expect, it } from 'vitest';
import { AUTO_IN_AWS } from '#core/generators/generators.ts';
import type { Ports } from '#core/ports/ports.ts';
import { NO_FAILURE } from '#core/workflow/failure.ts';
import type { Failure } from '#core/workflow/payload.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { TASK_NAMES } from '#core/workflow/tasks.ts';
import { FUNCTION_NAMES, type FunctionName } from '#infra/functions.ts';
import { goneFrom } from '#lambdas/cluster/still-there.ts';
import type { ExpandSettings } from '#lambdas/expand-matrix/task.ts';
import { guard } from '#lambdas/guard/task.ts';
import { janitor } from '#lambdas/janitor/task.ts';
import { endMetrics } from '#lambdas/notify/end-metrics.ts';
import { notify } from '#lambdas/notify/task.ts';
import { status } from '#lambdas/status/task.ts';
import { readPurchases } from '#lambdas/store/purchase.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import type { Fault } from '#local/cluster/faults.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { bindTasks, type Tasks } from '#local/runtime/tasks.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { silentSql } from '#test/local/runtime/virtual-run.ts';
import { type Authorization, allows, matches, type Permission, permissionsOf } from './support/allowed.ts';
import { type Deployed, deployedFrom } from './support/deployed.ts';
import { recordedPorts, type Use } from './support/recorded.ts';
import { synthesize } from './support/synthesize.ts';

const MATRIX = {
  name: 'small',
  cluster: { name: 'bench', ephemeral: true },
  matrix: { instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [2, 4] },
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 },
  budgetUsd: 20,
};

const uses: Use[] = [];
const permissions = new Map<FunctionName, Permission[]>();
let deployed: Deployed;

beforeAll(async () => {
  const stack = synthesize();
  deployed = deployedFrom(stack);
  for (const name of FUNCTION_NAMES) permissions.set(name, permissionsOf(stack, name));
  await run();
  await run({ faults: [{ kind: 'insufficient-capacity', where: { instanceType: 'g5.16xlarge' } }] });
  await run({ stopAt: 'CheckJob', guardFirst: true });
  await run({ stopAt: 'CheckJob' });
});

/** Asks what `isRunning` asks: IAM is asked for the same. */
const why =
  ({ executions }: Ports) =>
  async (arn: string): Promise<Failure> => {
    await executions.isRunning(arn);
    return NO_FAILURE;
  };

interface Scenario {
  faults?: Fault[];
  /** The execution is stopped before this task. */
  stopAt?: TaskName;
  /** While its nodes are up: else the local guard has been there before. */
  guardFirst?: boolean;
}

const settingsOf = (ports: Ports): ExpandSettings => ({ autoGenerator: AUTO_IN_AWS, askGone: goneFrom(ports) });

/** A whole run in virtual time, each function with ports of its own; then the guards, as after a failure. */
async function run({ faults = [], stopAt, guardFirst }: Scenario = {}): Promise<void> {
  const clock = new VirtualClock();
  const store = memoryStore();
  const running = new Set<string>();
  const executions = { isRunning: async (arn: string) => running.has(arn) };
  const latencies = AWS_LATENCIES;
  const options = { clock, store, sql: silentSql, executions, latencies, faults, engineLoadMs: 120_000 };
  const runtime = await openRuntime({ ...options, kubelet: 'virtual' });
  const of = (name: FunctionName): Ports => recordedPorts(runtime.ports, name, deployed, uses);
  const tasks = Object.fromEntries(
    TASK_NAMES.map((name) => [name, bindTasks(of(name), loadQueries(), settingsOf(of(name)))[name]]),
  ) as unknown as Tasks;
  for (const name of ['small-1', 'small-2']) {
    const executing = await execute(
      { ...runtime, tasks },
      {
        matrix: MATRIX,
        run: 'small',
        name,
        around: (invoke) => async (task, input) => {
          if (task === stopAt) {
            running.clear();
            await goneFrom(of('ExpandMatrix'))(await readPurchases(store, 'small'), 'bench');
            if (guardFirst) {
              await guard(of('Guard'), { stack: 'bench', why: why(of('Guard')) })({
                detail: { executionArn: executing.execution.arn, status: 'ABORTED' },
              });
              await janitor(of('Janitor'))({ run: 'small' });
            }
            executing.stop('by a test');
          }
          return invoke(task, input);
        },
      },
    );
    const { arn } = executing.execution;
    running.add(arn);
    await executing.done;
    const cells = { total: 4, valid: 0, invalid: 0, failed: 4 };
    await notify(of('Notify'))({ run: 'small', status: 'FAILED', failure: NO_FAILURE, cells, warnings: [] });
    await endMetrics(of('Notify'), { run: 'small', status: 'FAILED' });
    await status(of('Status'))({ run: 'small' });
    running.delete(arn);
    await guard(of('Guard'), { stack: 'bench', why: why(of('Guard')) })({
      detail: { executionArn: arn, status: 'ABORTED' },
    });
    await janitor(of('Janitor'))({ run: 'small' });
  }
  await runtime.close();
}

const isAllowed = ({ function: name, ...asked }: Authorization & { function: FunctionName }): boolean =>
  allows(permissions.get(name) ?? [], asked);

describe('what functions are granted', () => {
  it('is all that they do in whole runs, with and without capacity, stopped, resumed, and guarded', () => {
    expect(new Set(uses.map((one) => one.function))).toEqual(new Set(FUNCTION_NAMES));
    const refused = uses.filter((use) => !isAllowed(use));
    expect([
      ...new Set(refused.map(({ function: name, action, resource }) => `${name} ${action} ${resource}`)),
    ]).toEqual([]);
  });

  it.each(FUNCTION_NAMES)('to %s is no folder of the bucket that it never writes to', (name) => {
    const used = uses.filter((one) => one.function === name);
    const unused = (permissions.get(name) ?? []).filter(({ action, resource }) => {
      if (!resource.startsWith(deployed.bucketArn) || action !== 's3:PutObject') return false;
      return !used.some((one) => one.action === action && matches(resource, one.resource));
    });
    expect(
      unused.map(({ action, resource }) => `${action} ${resource.replace(deployed.bucketArn, '')}`).sort(),
    ).toEqual([...(SELDOM[name] ?? [])].sort());
  });

  it('would be seen if it were another function’s', () => {
    const resource = `${deployed.bucketArn}/runs/small/rows/x.json`;
    const swapped = { function: 'CheckJob', action: 's3:PutObject', resource } as const;
    expect(isAllowed(swapped)).toBe(false);
    expect(isAllowed({ ...swapped, function: 'RecordResult' })).toBe(true);
  });
});

/** Granted for what these runs do not come to, because another function comes first. */
const SELDOM: Partial<Record<FunctionName, string[]>> = {
  // Load pools are let go of with the last deployment.
  ReleaseRun: ['s3:PutObject /runs/*/purchases/*'],
  // A node of the load generators that came while cells are measured: here CheckModel has seen all of them.
  CheckJob: ['s3:PutObject /runs/*/deployments/*'],
  // By Athena, as the function.
  QueryPricePerformance: ['s3:PutObject /athena/*'],
  Guard: ['s3:PutObject /runs/*/lease.json', 's3:PutObject /runs/*/purchases/*'],
  Janitor: [
    's3:PutObject /runs/*/deployments/*',
    's3:PutObject /runs/*/finalized/*',
    's3:PutObject /runs/*/lease.json',
    's3:PutObject /runs/*/purchases/*',
    's3:PutObject /runs/*/rows/*',
  ],
};
