import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stepFunctionsExecutions } from '#aws/executions/step-functions-executions.ts';
import { clientOf } from '../moto/client-config.ts';
import { startJsonService } from '../stub/json-service.ts';
import { type Stub, StubError } from '../stub/service.ts';

const arn = (name: string) => `arn:aws:states:us-east-1:111122223333:execution:Benchmark:${name}`;

describe('executions of Step Functions', () => {
  let stub: Stub;
  beforeEach(async () => {
    stub = await startJsonService({
      signingName: 'states',
      target: 'AWSStepFunctions',
      version: '1.0',
      operations: {
        DescribeExecution: ({ executionArn }) => {
          const name = String(executionArn).split(':').at(-1) ?? '';
          if (name === 'nobody')
            throw new StubError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
          if (name === 'denied') throw new StubError('AccessDeniedException', 'is not authorized to perform', 400);
          if (!String(executionArn).startsWith('arn:'))
            throw new StubError('InvalidArn', `Invalid Arn: ${executionArn}`);
          const said = name === 'FAILED' ? { error: 'InvalidMatrix', cause: '{"errorMessage":"wrong"}' } : {};
          return { ...said, executionArn, stateMachineArn: 'arn', status: name, startDate: 1_767_225_600.5 };
        },
      },
    });
  });
  afterEach(() => stub.close());
  const isRunning = (execution: string) =>
    stepFunctionsExecutions(new SFNClient(clientOf(stub.url))).isRunning(execution);

  it.each([
    ['RUNNING', true],
    ['PENDING_REDRIVE', true],
    ['SUCCEEDED', false],
    ['FAILED', false],
    ['TIMED_OUT', false],
    ['ABORTED', false],
    ['nobody', false],
  ])('that are %s are alive: %s', async (status, alive) => {
    expect(await isRunning(arn(status))).toBe(alive);
  });

  it('say why they ended, as far as they do', async () => {
    const { why } = stepFunctionsExecutions(new SFNClient(clientOf(stub.url)));
    expect(await why(arn('FAILED'))).toEqual({ error: 'InvalidMatrix', cause: '{"errorMessage":"wrong"}' });
    expect(await why(arn('ABORTED'))).toEqual({ error: '', cause: '' });
    await expect(why(arn('denied'))).rejects.toMatchObject({ name: 'ServiceRefused' });
  });

  it('are not taken for dead where nobody can tell', async () => {
    await expect(isRunning(arn('denied'))).rejects.toMatchObject({
      name: 'ServiceRefused',
      message: expect.stringContaining('states:DescribeExecution'),
    });
  });
});
