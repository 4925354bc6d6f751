import type { TimerClock } from '#local/clock/timer-clock.ts';
import { type Random, uuidFrom } from './jsonata/aws-functions.ts';
import { runBlock } from './run/block.ts';
import type { EventListener, HistoryEvent } from './run/events.ts';
import type { ExecutionResult } from './run/execution-result.ts';
import { ExecutionRun } from './run/execution-run.ts';
import { exceeds, jsonCopy, maxPayloadBytes } from './run/payload.ts';
import { type Invoke, type ReadItems, Services } from './run/services.ts';
import type { StateMachine } from './state-machine.ts';

export interface ExecutionOptions {
  input: unknown;
  /** Unique for the state machine; made up when left out. */
  name?: string;
  arn?: string;
  machineArn?: string;
  clock: TimerClock;
  invoke: Invoke;
  /** For the ItemReader of a Distributed Map. */
  readItems?: ReadItems;
  /** Called with every event as it happens, of children too. */
  onEvent?: EventListener;
  /**
   * False: the histories of children are told to the listener alone, and `children` stays empty. Thousands of children
   * have some megabytes each.
   */
  keepsChildren?: boolean;
  /** For jitter, `$uuid` and `$random`. */
  random?: Random;
}

/** An execution that Distributed Maps started, or the one that was started first. */
interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  /** Undefined while it runs. */
  readonly result: ExecutionResult | undefined;
  history(): HistoryEvent[];
  /** In the order of their start. */
  children(): ExecutionRecord[];
}

export interface Execution extends ExecutionRecord {
  /** Rejects only when the interpreter, the listener or the clock itself fails. */
  readonly done: Promise<ExecutionResult>;
  /** Aborts it and its children: running tasks get their signal, no Catch runs. Harmless once it has ended. */
  stop(error?: string, cause?: string): void;
  /** State transitions so far, retries and children included: what AWS charges for. */
  transitions(): number;
}

const defaultMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:StateMachine';

/**
 * Starts an execution; its first state is entered after the caller has got hold of it.
 * @throws RangeError when the input is larger than an execution may be given.
 */
export const startExecution = (machine: StateMachine, options: ExecutionOptions): Execution => {
  const input = jsonCopy(options.input);
  if (exceeds(input, maxPayloadBytes)) throw new RangeError(`The input is larger than ${maxPayloadBytes} bytes.`);
  const random = options.random ?? Math.random;
  const machineArn = options.machineArn ?? defaultMachineArn;
  const machineName = machineArn.slice(machineArn.lastIndexOf(':') + 1);
  const services = new Services({
    clock: options.clock,
    invoke: options.invoke,
    readItems: options.readItems ?? (() => Promise.reject(new Error('Nothing to read items from was given'))),
    random,
    onEvent: options.onEvent,
    keepsChildren: options.keepsChildren ?? true,
    region: machineArn.split(':')[3] ?? '',
  });
  const name = options.name ?? uuidFrom(random);
  const arn = options.arn ?? `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const run = new ExecutionRun(
    { arn, name, parentArn: undefined, machine: { Id: machineArn, Name: machineName } },
    input,
    services,
  );
  const done = Promise.resolve().then(() =>
    run.run((root) => runBlock(machine.block, root, input), machine.timeoutSeconds),
  );
  return {
    ...recordOf(run),
    get result() {
      return run.result;
    },
    done,
    stop: (error, cause) => run.stop(error, cause),
    transitions: () => services.transitions,
  };
};

const recordOf = (run: ExecutionRun): ExecutionRecord => ({
  arn: run.arn,
  name: run.name,
  get result() {
    return run.result;
  },
  history: () => run.history.written(),
  children: () => run.children.map(recordOf),
});
