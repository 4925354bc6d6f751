import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { EndedExecutions, Executions } from '#core/ports/executions.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

/**
 * @throws StepBenchError Retryable, or ServiceRefused where nobody can tell: an execution that may be alive is
 * not taken for dead.
 */
export const stepFunctionsExecutions = (client: SFNClient): Executions & EndedExecutions => ({
  isRunning: (execution) =>
    calling({ api: `states:DescribeExecution of ${execution}`, terminal: ErrorName.ServiceRefused }, async () => {
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn: execution }));
        return status === 'RUNNING' || status === 'PENDING_REDRIVE';
      } catch (error) {
        if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return false;
        throw error;
      }
    }),
  why: (execution) =>
    calling({ api: `states:DescribeExecution of ${execution}`, terminal: ErrorName.ServiceRefused }, async () => {
      const { error = '', cause = '' } = await client.send(new DescribeExecutionCommand({ executionArn: execution }));
      return { error, cause };
    }),
});
