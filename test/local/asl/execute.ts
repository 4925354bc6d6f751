import { type Execution, type ExecutionOptions, startExecution } from '#local/asl/execution.ts';
import type { InvocationOptions } from '#local/asl/run/services.ts';
import { loadStateMachine } from '#local/asl/state-machine.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';

export type Handler = (payload: never, options: InvocationOptions) => unknown;

export type Settings = Partial<ExecutionOptions> & { functions?: Record<string, Handler> };

/** A definition around states; the first of them is where it starts. */
export const machineOf = (states: Record<string, object>, fields: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(states)[0],
  States: states,
  ...fields,
});

export const taskOf = (functionName: string, fields: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: functionName, Payload: '{% $states.input %}' },
  End: true,
  ...fields,
});

export const start = (definition: object, { functions = {}, ...options }: Settings = {}): Execution =>
  startExecution(loadStateMachine(definition), {
    input: {},
    name: 'test',
    clock: new VirtualClock({ startMs: 0 }),
    invoke: async (name, payload, invocation) => functions[name]!(payload as never, invocation),
    ...options,
  });

/** Runs states to their end in virtual time. */
export const execute = async (states: Record<string, object>, settings: Settings = {}) => {
  const execution = start(machineOf(states), settings);
  const result = await execution.done;
  const history = execution.history();
  return { execution, result, history, types: history.map((event) => event.type) };
};

export const named = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** Fails as often as it is told to, then returns. */
export const flaky = (failures: number, error = named('Flaky')) => {
  const seen = { calls: 0 };
  const handler = () => {
    if (seen.calls++ < failures) throw error;
    return seen.calls;
  };
  return Object.assign(handler, { seen });
};
