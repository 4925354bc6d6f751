import type { Scope } from '../jsonata/scope.ts';
import type { Template } from '../jsonata/template.ts';
import { readErrorPolicy } from '../load/error-policy.ts';
import type { LoadState } from '../load/load-state.ts';
import type { NumberField } from '../load/number-field.ts';
import type { FieldReader } from '../load/reader.ts';
import { type ErrorPolicy, runWithPolicy } from '../run/error-policy.ts';
import { type Aborted, StateFailure, StatesError } from '../run/failure.ts';
import { jsonCopy, refuseTooLarge } from '../run/payload.ts';
import type { InvocationOptions } from '../run/services.ts';
import type { Exit, Outcome, Step } from '../run/step.ts';
import { directIntegration, type Integration, invokeIntegration, lambdaFailure } from './lambda.ts';

interface Fields {
  integration: Integration;
  argumentsTemplate: Template | undefined;
  credentials: Template | undefined;
  timeoutSeconds: NumberField | undefined;
  policy: ErrorPolicy;
  exit: Exit;
}

class Task {
  readonly type = 'Task';
  readonly name: string;
  readonly #fields: Fields;

  constructor(name: string, fields: Fields) {
    this.name = name;
    this.#fields = fields;
  }

  run(step: Step): Outcome | Promise<Outcome> {
    return runWithPolicy(step, this.#fields.policy, () => this.#attempt(step));
  }

  #attempt(step: Step): Outcome | Promise<Outcome> {
    const scope = step.scope();
    const { argumentsTemplate, timeoutSeconds, credentials } = this.#fields;
    const values = [
      argumentsTemplate === undefined ? step.input : argumentsTemplate.evaluate(scope),
      timeoutSeconds?.evaluate(scope),
      credentials?.evaluate(scope),
    ];
    if (!values.some((value) => value instanceof Promise)) return this.#run(step, scope, values);
    return Promise.all(values).then((settled) => this.#run(step, scope, settled));
  }

  async #run(step: Step, scope: Scope, [value, timeout, credentials]: unknown[]): Promise<Outcome> {
    const { integration, exit } = this.#fields;
    const { branch } = step;
    const timeoutSeconds = timeout as number | undefined;
    refuseTooLarge(value, this.name);
    const call = integration.call(value);
    branch.emit(integration.events.scheduled, {
      ...integration.scheduled(value),
      ...(integration === invokeIntegration ? { region: branch.execution.services.region } : {}),
      ...integration.labels,
      timeoutInSeconds: timeoutSeconds,
      taskCredentials: roleOf(credentials),
    });
    branch.emit(integration.events.started, integration.labels);
    const result = await this.#invoke(step, scope, call, timeoutSeconds);
    branch.emit(integration.events.succeeded, { output: result, ...integration.labels });
    return step.leave(exit, step.scope({ result }), result);
  }

  /** The result for `$states.result`; a failure is recorded before it is thrown. */
  async #invoke(
    step: Step,
    scope: Scope,
    call: { functionName: string; payload: unknown },
    timeoutSeconds: number | undefined,
  ): Promise<unknown> {
    const { integration } = this.#fields;
    try {
      const result = integration.result(await callFunction(step, scope, call, timeoutSeconds));
      refuseTooLarge(result, integration.name);
      return result;
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      const { failed, timedOut } = integration.events;
      step.branch.emit(error.error === StatesError.Timeout ? timedOut : failed, {
        error: error.error,
        cause: error.failureCause,
        ...integration.labels,
      });
      throw error;
    }
  }
}

const roleOf = (credentials: unknown) =>
  credentials === undefined ? undefined : { roleArn: (credentials as { RoleArn?: unknown }).RoleArn };

/** A signal that is made when it is first asked for: most tasks never look. */
class LazySignal {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

/** Calls the function, and stops waiting for it when the time is over or the branch is aborted. */
const callFunction = (
  step: Step,
  scope: Scope,
  { functionName, payload }: { functionName: string; payload: unknown },
  timeoutSeconds: number | undefined,
): Promise<unknown> => {
  const { clock, invoke } = step.branch.execution.services;
  return step.branch.interruptible((resolve, reject) => {
    const abort = new LazySignal();
    const cancelTimeout =
      timeoutSeconds === undefined
        ? () => {}
        : clock.after(timeoutSeconds * 1000, () => {
            reject(new StateFailure(StatesError.Timeout, undefined));
            abort.abort(new DOMException(`The task timed out after ${timeoutSeconds} s`, 'TimeoutError'));
          });
    const options: InvocationOptions = {
      get signal() {
        return abort.signal;
      },
      get context() {
        return scope.context as Record<string, unknown>;
      },
    };
    const settle =
      <A>(callback: (argument: A) => void) =>
      (argument: A) => {
        cancelTimeout();
        callback(argument);
      };
    clock
      .busy(async () => jsonCopy(await invoke(functionName, jsonCopy(payload), options)))
      .then(
        settle(resolve),
        settle((error) => reject(lambdaFailure(error))),
      );
    return (reason: Aborted) => {
      cancelTimeout();
      abort.abort(reason);
    };
  });
};

const invokeResource = /^arn:[^:]+:states:::lambda:invoke$/;
const functionResource = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?$/;
const longestTimeoutSeconds = 99_999_999;

const readIntegration = (reader: FieldReader): Integration => {
  const resource = reader.string('Resource');
  if (resource === undefined) {
    reader.required('Resource');
  } else if (functionResource.test(resource)) {
    return directIntegration(resource);
  } else if (!invokeResource.test(resource)) {
    reader.report('Resource', `only arn:aws:states:::lambda:invoke and functions are supported, found ${resource}`);
  }
  return invokeIntegration;
};

/** What is written out in the arguments of lambda:invoke can be checked before anything runs. */
const checkInvokeArguments = (reader: FieldReader): void => {
  const value = reader.raw('Arguments');
  if (value === undefined) reader.report('Arguments', 'is required: FunctionName and Payload');
  if (typeof value !== 'object' || value === null) return;
  const fields = reader.inner('Arguments');
  fields.required('FunctionName');
  fields.raw('FunctionName');
  fields.raw('Payload');
  fields.choice('InvocationType', ['RequestResponse']);
  fields.refuseOthers();
};

export const loadTask: LoadState = (name, reader) => {
  const integration = readIntegration(reader);
  if (integration === invokeIntegration) checkInvokeArguments(reader);
  return new Task(name, {
    integration,
    argumentsTemplate: reader.template('Arguments'),
    credentials: reader.template('Credentials'),
    timeoutSeconds: reader.numberField('TimeoutSeconds', { min: 1, max: longestTimeoutSeconds, integer: true }),
    policy: readErrorPolicy(reader),
    exit: reader.exit(reader.transition()),
  });
};
