import type { Scope } from '../jsonata/scope.ts';
import type { Template } from '../jsonata/template.ts';
import type { LoadState } from '../load/block.ts';
import { readErrorPolicy } from '../load/error-policy.ts';
import type { NumberField } from '../load/number-field.ts';
import type { FieldReader } from '../load/reader.ts';
import { type ErrorPolicy, runWithPolicy } from '../run/error-policy.ts';
import { type Aborted, StateFailure, StatesError } from '../run/failure.ts';
import { jsonCopy, refuseTooLarge } from '../run/payload.ts';
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

  async #attempt(step: Step): Promise<Outcome> {
    const { integration, exit } = this.#fields;
    const { branch } = step;
    const scope = step.scope();
    const { value, timeoutSeconds, credentials } = await this.#evaluate(step, scope);
    refuseTooLarge(value, this.name);
    const call = integration.call(value);
    branch.emit(integration.events.scheduled, {
      ...integration.scheduled(value),
      ...(integration === invokeIntegration ? { region: branch.execution.region } : {}),
      ...integration.labels,
      timeoutInSeconds: timeoutSeconds,
      taskCredentials: credentials,
    });
    const labels = Object.keys(integration.labels).length === 0 ? undefined : integration.labels;
    branch.emit(integration.events.started, labels);
    const result = await this.#invoke(step, scope, call, timeoutSeconds);
    branch.emit(integration.events.succeeded, { output: result, ...labels });
    return step.leave(exit, step.scope({ result }), result);
  }

  async #evaluate(step: Step, scope: Scope) {
    const { argumentsTemplate, timeoutSeconds, credentials } = this.#fields;
    const value = argumentsTemplate === undefined ? step.input : await argumentsTemplate.evaluate(scope);
    const role = (await credentials?.evaluate(scope)) as { RoleArn?: unknown } | undefined;
    return {
      value,
      timeoutSeconds: await timeoutSeconds?.evaluate(scope),
      credentials: role === undefined ? undefined : { roleArn: role.RoleArn },
    };
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

/** Calls the function, and stops waiting for it when the time is over or the branch is aborted. */
const callFunction = (
  step: Step,
  scope: Scope,
  { functionName, payload }: { functionName: string; payload: unknown },
  timeoutSeconds: number | undefined,
): Promise<unknown> => {
  const { clock, invoke } = step.branch.execution.services;
  return step.branch.interruptible((resolve, reject) => {
    const abort = new AbortController();
    const cancelTimeout =
      timeoutSeconds === undefined
        ? () => {}
        : clock.after(timeoutSeconds * 1000, () => {
            reject(new StateFailure(StatesError.Timeout, undefined));
            abort.abort(new DOMException(`The task timed out after ${timeoutSeconds} s`, 'TimeoutError'));
          });
    const options = { signal: abort.signal, context: scope.context as Record<string, unknown> };
    clock
      .busy(async () => jsonCopy(await invoke(functionName, jsonCopy(payload), options)))
      .then(resolve, (error) => reject(lambdaFailure(error)))
      .finally(cancelTimeout);
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
