import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, type MetricValues } from '#core/stack/metrics.ts';

/**
 * Writes what a result tells as metrics, in CloudWatch's embedded format: a line of the log, no call. The dimension
 * is powertools' `service`, which the stack sets to its own name (POWERTOOLS_SERVICE_NAME).
 */
export const withMetrics =
  <I, O>(task: (input: I) => Promise<O>, metricsOf: (output: O, input: I) => MetricValues | Promise<MetricValues>) =>
  async (input: I): Promise<O> => {
    const output = await task(input);
    try {
      const values = Object.entries(await metricsOf(output, input));
      if (values.length === 0) return output;
      const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
      for (const [name, value] of values) {
        metrics.addMetric(name, MetricUnit.NoUnit, value);
      }
      metrics.publishStoredMetrics();
    } catch (error) {
      // The work is done: a sum on a dashboard is no reason to do it again.
      console.warn(`No metrics: ${error instanceof Error ? error.message : error}`);
    }
    return output;
  };
