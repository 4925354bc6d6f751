import type { TimerClock } from '#local/clock/timer-clock.ts';
import { awsFunctions, type Random } from '../jsonata/aws-functions.ts';
import type { JsonataFunction } from '../jsonata/scope.ts';
import type { EventListener } from './events.ts';

export interface InvocationOptions {
  /** Aborted when the task times out and when its execution ends before it. */
  signal: AbortSignal;
  /** `$states.context` of the Task state. */
  context: Record<string, unknown>;
}

/** Runs a function by the name (or ARN) that the definition gives, with a payload that it may keep. */
export type Invoke = (functionName: string, payload: unknown, options: InvocationOptions) => Promise<unknown>;

/** The parsed JSON of an object in the store. */
export type ReadItems = (object: { bucket: string; key: string }) => Promise<unknown>;

/** After so many states without a pause the event loop gets a turn. */
const statesPerTurn = 2_000;

/** What an execution and all its children share. */
export class Services {
  readonly clock: TimerClock;
  readonly invoke: Invoke;
  readonly readItems: ReadItems;
  readonly random: Random;
  readonly functions: Readonly<Record<string, JsonataFunction>>;
  readonly onEvent: EventListener | undefined;
  /** Whether what children did can be read when they have ended. */
  readonly keepsChildren: boolean;
  readonly region: string;
  /** States entered and tasks tried again: what AWS charges for. */
  transitions = 0;
  #statesThisTurn = 0;

  constructor(options: {
    clock: TimerClock;
    invoke: Invoke;
    readItems: ReadItems;
    random: Random;
    onEvent: EventListener | undefined;
    keepsChildren: boolean;
    region: string;
  }) {
    this.clock = options.clock;
    this.invoke = options.invoke;
    this.readItems = options.readItems;
    this.random = options.random;
    this.onEvent = options.onEvent;
    this.keepsChildren = options.keepsChildren;
    this.region = options.region;
    this.functions = awsFunctions(options.clock, options.random);
  }

  /** Counts a state; true when a pause is due. By count, not by time, so that two runs interleave alike. */
  takeTurn(): boolean {
    if (++this.#statesThisTurn < statesPerTurn) return false;
    this.#statesThisTurn = 0;
    return true;
  }

  /** Lets the event loop go round once; virtual time stands still. */
  pause(): Promise<void> {
    return this.clock.busy(() => new Promise((resolve) => setImmediate(resolve)));
  }
}
