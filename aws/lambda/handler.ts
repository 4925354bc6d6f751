import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler, TaskInput, TaskName, TaskOutput } from '#core/workflow/tasks.ts';
import { fromAws } from '../errors/aws-error.ts';
import { runKeys } from './run-keys.ts';

type LambdaHandler<I, O> = (
  event: I,
  context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
) => Promise<O>;

/** What Step Functions calls. */
export type LambdaTask<N extends TaskName> = LambdaHandler<TaskInput<N>, TaskOutput<N>>;

/** A task of the state machine as a Lambda function. */
export const taskHandler = <N extends TaskName>(name: N, task: TaskHandler<N>): LambdaTask<N> =>
  lambdaHandler(name, task);

/**
 * A Lambda function. The errors that the state machine knows by their names leave as they are; what came
 * from below without such a name gets one. Each call is one line in the log and one in the metrics, with the keys
 * of its run; the event itself is never logged, for a matrix may hold what is nobody else's to read.
 */
export function lambdaHandler<I, O>(name: string, task: (event: I) => Promise<O>): LambdaHandler<I, O> {
  const logger = new Logger({ serviceName: name });
  const metrics = new Metrics({ namespace: 'StepBench', serviceName: name });
  return async (event, context) => {
    const startedMs = Date.now();
    logger.appendKeys({ ...runKeys(event), requestId: context.awsRequestId });
    try {
      const result = await task(event);
      logger.info('done', { durationMs: Date.now() - startedMs });
      return result;
    } catch (error) {
      const known = named(name, error);
      metrics.addMetric('Errors', MetricUnit.Count, 1);
      logger.error(known.message, { errorName: known.name, durationMs: Date.now() - startedMs, stack: known.stack });
      throw known;
    } finally {
      metrics.addMetric('Duration', MetricUnit.Milliseconds, Date.now() - startedMs);
      metrics.publishStoredMetrics();
      logger.resetKeys();
    }
  };
}

/** A defect of ours has no name in the closed set: it is let through as it is, and the machine catches all. */
function named(task: string, error: unknown): Error {
  if (error instanceof StepBenchError) return error;
  if (error instanceof Error && !('$metadata' in error) && !('code' in error)) return error;
  return fromAws(error, { api: `AWS, called by ${task}`, terminal: ErrorName.ServiceRefused });
}
