import type { ExecutionEvent, HistoryEvent } from '#core/progress/execution-event.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import type { TaskName, TaskOutput } from '#core/workflow/task-signatures.ts';
import { Bookkeeping } from '#lambdas/store/bookkeeping.ts';
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

/** Starts the state machine over the runtime, with the failure rule behind it. */
export async function execute(runtime: LocalRuntime, options: ExecuteOptions): Promise<Executing> {
  const { ports, tasks } = runtime;
  const clock = runtime.clock;
  const machine = loadStateMachine(await localDefinition(ports.store.bucket));
  const arn = executionArn(options.name);
  const around = options.around ?? ((same) => same);
  /** What tasks of deployments could not write down reaches the run's own execution by no other way. */
  const told: string[] = [];
  let planning: Promise<unknown> = Promise.resolve();
  const hearing = hear(told, around(invoker(tasks)));
  const invoke: InvokeTask = (task, input) => {
    const answer = hearing(task, input);
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
    warnings: [...new Set([...told, ...warningsOf(execution), ...guarded.warnings])],
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
  { ports, clock }: LocalRuntime,
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
  const books = new Bookkeeping();
  await books.keep('That the run has ended is not recorded', () => endLease(ports, run, arn));
  return { released: true, warnings: books.warnings };
}

const NOTHING_LEFT: Guarded = { released: true, warnings: [] };

const hear =
  (told: string[], invoke: InvokeTask): InvokeTask =>
  async (name, input) => {
    const output = await invoke(name, input);
    if (name === 'ReleaseDeployment') told.push(...(output as TaskOutput<'ReleaseDeployment'>).warnings);
    return output;
  };

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

/** As the machine's variable had them last. */
function warningsOf(execution: Execution): string[] {
  const assigned = execution.history().map((event) => event.stateExitedEventDetails?.assignedVariables?.warnings);
  return JSON.parse(assigned.findLast((text) => text !== undefined) ?? '[]') as string[];
}
