import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from '#core/stack/metrics.ts';
import { ErrorName, isError, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler, TaskInput, TaskName, TaskOutput } from '#core/workflow/task-signatures.ts';
import { fromAws } from '../errors/aws-error.ts';
import { redact } from '../errors/redact.ts';
import { runKeys } from './run-keys.ts';

/** Of the context that Lambda hands in: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html. */
interface LambdaContext {
  awsRequestId: string;
}

type LambdaHandler<I, O> = (event: I, context: LambdaContext) => Promise<O>;

/** What Step Functions calls. */
export type LambdaTask<N extends TaskName> = LambdaHandler<TaskInput<N>, TaskOutput<N>>;

/** A task of the state machine as a Lambda function. */
export const taskHandler = <N extends TaskName>(name: N, task: TaskHandler<N>): LambdaTask<N> =>
  lambdaHandler(name, task);

/**
 * A Lambda function. The errors that the state machine knows by their names leave as they are; what came
 * from below without such a name gets one. Each call is one line in the log and one in the metrics (dimensions
 * `service`, the stack, and `task`), with the keys of its run; the event itself is never logged, for a matrix may
 * hold what is nobody else's to read.
 */
export function lambdaHandler<I, O>(name: string, task: (event: I) => Promise<O>): LambdaHandler<I, O> {
  const logger = new Logger({ persistentKeys: { task: name } });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, defaultDimensions: { task: name } });
  return async (event, { awsRequestId }) => {
    const startedMs = Date.now();
    const tell = { ...runKeys(event), requestId: awsRequestId };
    let failed = 0;
    try {
      const result = await task(event);
      logger.info('done', { ...tell, durationMs: Date.now() - startedMs });
      return result;
    } catch (thrown) {
      failed = 1;
      const error = named(name, thrown);
      // Not the error itself: the logger would write what caused it, too.
      const said = { errorName: error.name, stack: redact(error.stack ?? '') };
      logger[isError(error, ErrorName.Retryable) ? 'warn' : 'error'](redact(error.message), {
        ...tell,
        ...said,
        durationMs: Date.now() - startedMs,
      });
      throw error;
    } finally {
      metrics.addMetric('Duration', MetricUnit.Milliseconds, Date.now() - startedMs);
      metrics.addMetric('Errors', MetricUnit.Count, failed);
      metrics.publishStoredMetrics();
    }
  };
}

/** A defect of ours has no name in the closed set: it is let through as it is, and the machine catches all. */
function named(task: string, error: unknown): Error {
  if (error instanceof StepBenchError) return error;
  if (error instanceof Error && !('$metadata' in error) && !('code' in error)) return error;
  return fromAws(error, { api: `AWS, called by ${task}`, terminal: ErrorName.ServiceRefused });
}
