import type { ExecutionEvent, HistoryEvent } from '#core/progress/execution-event.ts';
import type { TaskName } from '#core/workflow/tasks.ts';
import { readJson } from '#lambdas/store/json.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { findPlan } from '#lambdas/store/plan.ts';
import { type Execution, startExecution } from '../asl/execution.ts';
import type { ExecutionResult } from '../asl/run/execution-result.ts';
import { loadStateMachine } from '../asl/state-machine.ts';
import { guard } from './guard.ts';
import { localDefinition } from './machine.ts';
import { type InvokeTask, invoker, type LocalRuntime } from './runtime.ts';

/** ARNs of local executions: no account has this number. */
const ACCOUNT = 'arn:aws:states:local:000000000000';
const MACHINE = `${ACCOUNT}:stateMachine:stepbench`;

export const executionArn = (name: string): string => `${ACCOUNT}:execution:stepbench:${name}`;

export interface ExecuteOptions {
  matrix: unknown;
  run: string;
  /** Unique among the executions of this store. */
  name: string;
  onEvent?: (event: ExecutionEvent) => void;
  /** Comes between the state machine and the tasks: where faults are put. */
  around?: (invoke: InvokeTask) => InvokeTask;
}

export interface Executing {
  execution: Execution;
  /** Settles once the execution has ended and, if it did not succeed, the guard has released what it left. */
  done: Promise<ExecutionResult & { released: boolean }>;
  stop(reason: string): void;
}

/** Starts the state machine over the runtime, with the failure rule behind it. */
export async function execute(runtime: LocalRuntime, options: ExecuteOptions): Promise<Executing> {
  const { ports, tasks } = runtime;
  const clock = runtime.clock;
  const machine = loadStateMachine(await localDefinition(ports.store.bucket));
  const arn = executionArn(options.name);
  const invoke = (options.around ?? ((same) => same))(invoker(tasks));
  const execution = startExecution(machine, {
    input: { matrix: options.matrix, run: options.run },
    name: options.name,
    arn,
    machineArn: MACHINE,
    clock,
    invoke: (name, payload) => invoke(name as TaskName, payload),
    readItems: async ({ key }) => (await readJson(ports.store, key))?.value,
    ...(options.onEvent && {
      onEvent: (event, source) =>
        options.onEvent?.({
          execution: source.executionArn,
          ...(source.parentArn === undefined ? {} : { parent: source.parentArn }),
          event: event as unknown as HistoryEvent,
        }),
    }),
  });
  let reason = '';
  const settled = (result: ExecutionResult) => settle(runtime, invoke, options.run, { arn, result, reason });
  const done = execution.done.then(
    async (result) => ({ ...result, released: await settled(result) }),
    async (fault: unknown) => {
      // The interpreter itself is at fault: what it left is let go of all the same.
      const nowMs = clock.nowMs();
      await settled({ status: 'FAILED', startedAtMs: nowMs, stoppedAtMs: nowMs });
      throw fault;
    },
  );
  return {
    execution,
    done,
    stop: (why) => {
      reason = why;
      execution.stop('Interrupted', why);
    },
  };
}

/** The failure rule: what an execution that did not succeed may have left is let go of. */
async function settle(
  { ports, clock }: LocalRuntime,
  invoke: InvokeTask,
  run: string,
  { arn, result, reason }: { arn: string; result: ExecutionResult; reason: string },
): Promise<boolean> {
  if (result.status === 'SUCCEEDED') return true;
  const lease = (await readLease(ports.store, run))?.lease;
  // It never got so far as to take the run: what there is belongs to another execution.
  if (lease === undefined || lease.execution !== arn) return true;
  const plan = await findPlan(ports.store, run);
  if (plan === undefined) return true;
  return guard(invoke, clock, { run, execution: arn, cluster: plan.cluster, reason });
}
