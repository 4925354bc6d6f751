import type { Branch } from './branch.ts';
import { StateFailure } from './failure.ts';
import { type Outcome, Step } from './step.ts';

/** A state as it was loaded. */
export interface State {
  readonly name: string;
  readonly type: string;
  /** Runs the state once entered. Fails, or rejects, with a StateFailure that nothing here caught. */
  run(step: Step): Outcome | Promise<Outcome>;
}

/** `StartAt` and `States`: of a state machine, a branch of a Parallel, an item processor. */
export interface Block {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

const runState = (state: State, branch: Branch, input: unknown): Outcome | Promise<Outcome> => {
  branch.execution.services.transitions++;
  const step = new Step(branch, state.name, state.type, input);
  try {
    const outcome = state.run(step);
    return outcome instanceof Promise ? outcome.catch((error) => fail(step, error)) : outcome;
  } catch (error) {
    return fail(step, error);
  }
};

const fail = (step: Step, error: unknown): never => {
  throw error instanceof StateFailure ? step.recordFailure(error) : error;
};

/**
 * Runs a block to its end and gives its output: at once where no state has to wait, as a promise otherwise.
 * Fails, or rejects, with a StateFailure.
 */
export const runBlock = (block: Block, branch: Branch, input: unknown): unknown => {
  let state = block.states.get(block.startAt)!;
  let value = input;
  for (;;) {
    if (branch.execution.services.takeTurn()) return finishBlock(block, branch, state, value);
    const outcome = runState(state, branch, value);
    if (outcome instanceof Promise) return finishBlock(block, branch, state, value, outcome);
    if (outcome.next === undefined) return leaveBlock(branch, outcome);
    state = block.states.get(outcome.next)!;
    value = outcome.output;
  }
};

/** The same, once there is something to wait for. */
const finishBlock = async (
  block: Block,
  branch: Branch,
  first: State,
  input: unknown,
  entered?: Promise<Outcome>,
): Promise<unknown> => {
  let state = first;
  let value = input;
  let pending = entered;
  if (pending === undefined) await branch.execution.services.pause();
  for (;;) {
    // What has begun is waited for, also when it was cut off: nobody else hears how it ends.
    if (pending === undefined) branch.checkAborted();
    const running: Outcome | Promise<Outcome> = pending ?? runState(state, branch, value);
    const outcome = running instanceof Promise ? await running : running;
    pending = undefined;
    if (outcome.next === undefined) return leaveBlock(branch, outcome);
    state = block.states.get(outcome.next)!;
    value = outcome.output;
    if (branch.execution.services.takeTurn()) await branch.execution.services.pause();
  }
};

const leaveBlock = (branch: Branch, outcome: Outcome): unknown => {
  branch.stateType = undefined;
  return outcome.output;
};
