import { Duration } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type CatchProps, type IChainable, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { TaskInput as Input, TaskName } from '#core/workflow/task-signatures.ts';
import { TASKS } from '#core/workflow/tasks.ts';
import { retries } from './retry.ts';

/** Stands for the function's ARN until render.ts puts `${TaskName}` in its place. */
export const placeholderArn = (task: TaskName): string => `arn:aws:lambda:us-east-1:111111111111:function:${task}`;

export interface TaskStateProps<N extends TaskName> {
  /** The state's name where the task is used more than once. */
  id?: string;
  /** Arguments that are not the variable of the same name. */
  arguments?: Partial<Record<keyof Input<N>, unknown>>;
  assign?: Record<string, unknown>;
  outputs?: unknown;
  /** Where every error goes. There is no task without it. */
  onError: { next: IChainable } & Pick<CatchProps, 'assign' | 'outputs'>;
}

/** How long the state outlives its function: time to start it, so that the function's own timeout is the one seen. */
const START_SECONDS = 15;

/** The state of a task, made from its row in the task table. */
export function taskState<N extends TaskName>(scope: Construct, task: N, props: TaskStateProps<N>): LambdaInvoke {
  const { input, timeoutSeconds, retry, errors } = TASKS[task];
  const id = props.id ?? task;
  const variables = Object.fromEntries(input.map((key) => [key, `{% $${key} %}`]));
  const state = LambdaInvoke.jsonata(scope, id, {
    lambdaFunction: LambdaFunction.fromFunctionArn(scope, `${id}Function`, placeholderArn(task)),
    payload: TaskInput.fromObject({ ...variables, ...props.arguments }),
    taskTimeout: Timeout.duration(Duration.seconds(timeoutSeconds + START_SECONDS)),
    retryOnServiceExceptions: false,
    outputs: props.outputs ?? {},
    ...(props.assign === undefined ? {} : { assign: props.assign }),
  });
  for (const policy of retries(retry, errors)) state.addRetry(policy);
  const { next, ...caught } = props.onError;
  state.addCatch(next, { outputs: {}, ...caught });
  return state;
}
