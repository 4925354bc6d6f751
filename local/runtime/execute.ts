import type { ExecutionEvent, HistoryEvent } from '#core/progress/execution-event.ts';
import { lastWarnings } from '#core/progress/last-warnings.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { writeDown } from '#lambdas/store/bookkeeping.ts';
import { readJson } from '#lambdas/store/json.ts';
import { endLease, readLease } from '#lambdas/store/lease.ts';
import { findPlan } from '#lambdas/store/plan.ts';
import { type Execution, startExecution } from '../asl/execution.ts';
import type { ExecutionResult } from '../asl/run/execution-result.ts';
import { loadStateMachine } from '../asl/state-machine.ts';
import type { TimerClock } from '../clock/timer-clock.ts';
import { type Guarded, guard } from './guard.ts';
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
  done: Promise<ExecutionResult & Guarded>;
  stop(reason: string): void;
}

/** What an execution needs of a runtime: nothing of the cluster that its tasks work on. */
type Executable = Pick<LocalRuntime, 'ports' | 'tasks' | 'clock'>;

/** Starts the state machine over the runtime, with the failure rule behind it. */
export async function execute(runtime: Executable, options: ExecuteOptions): Promise<Executing> {
  const { ports, tasks } = runtime;
  const clock = runtime.clock;
  const machine = loadStateMachine(await localDefinition(ports.store.bucket));
  const arn = executionArn(options.name);
  const around = options.around ?? ((same) => same);
  let planning: Promise<unknown> = Promise.resolve();
  const calling = around(invoker(tasks));
  const invoke: InvokeTask = (task, input) => {
    const answer = calling(task, input);
    if (task === 'ExpandMatrix') planning = answer.catch(() => {});
    return answer;
  };
  const execution = startExecution(machine, {
    input: { matrix: options.matrix, run: options.run },
    name: options.name,
    arn,
    machineArn: MACHINE,
    clock,
    invoke: (name, payload) => invoke(name as TaskName, payload),
    keepsChildren: false,
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
  /** An execution that fails has no output to tell it in. */
  const toldBy = (guarded: Guarded): Guarded => ({
    released: guarded.released,
    warnings: [...(lastWarnings(execution.history()) ?? []), ...guarded.warnings],
  });
  const settled = async (result: ExecutionResult) => {
    // A task that was cut off goes on: a run stopped while it was planned may still get its lease and its plan.
    await within(clock, PLANNING_MS, planning);
    return settle(runtime, invoke, options.run, { arn, result, reason });
  };
  const done = execution.done.then(
    async (result) => ({ ...result, ...toldBy(await settled(result)) }),
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
      execution.stop(ErrorName.Interrupted, why);
    },
  };
}

/** The failure rule: what an execution that did not succeed may have left is let go of. */
async function settle(
  { ports, clock }: Executable,
  invoke: InvokeTask,
  run: string,
  { arn, result, reason }: { arn: string; result: ExecutionResult; reason: string },
): Promise<Guarded> {
  if (result.status === 'SUCCEEDED') return NOTHING_LEFT;
  const lease = (await readLease(ports.store, run))?.lease;
  // It never got so far as to take the run: what there is belongs to another execution.
  if (lease === undefined || lease.execution !== arn) return NOTHING_LEFT;
  const plan = await findPlan(ports.store, run);
  if (plan !== undefined) return guard(invoke, clock, { run, execution: arn, cluster: plan.cluster, reason });
  // It ended before its plan stood: nothing was made, and the run is anybody's again.
  const why = await writeDown(() => endLease(ports, run, arn));
  return { released: true, warnings: why === undefined ? [] : [`That the run has ended is not recorded: ${why}`] };
}

const NOTHING_LEFT: Guarded = { released: true, warnings: [] };

/** No task that is cut off is waited for longer: it may be one that hangs. */
const PLANNING_MS = 10_000;

const within = (clock: TimerClock, ms: number, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
