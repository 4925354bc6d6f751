import { expect, it } from 'vitest';
import { flattened } from '#infra/wildcards.ts';
import { resourcesOf, synthesize } from './support/synthesize.ts';

/**
 * When each alarm comes and goes, in words: a threshold that nothing reaches, or silence taken for the wrong thing, is
 * an alarm that nobody hears, and no test of its metric would see that.
 */
const EXPECTED: Record<string, string> = {
  // Where the janitor tells nothing they stay as they are, and JanitorSilent tells that.
  NodePastDeadline: 'NodesPastDeadline, Maximum of 300 s >= 1, 3 of 3 times; without data as before',
  FailedReleases: 'FailedReleases, Maximum of 300 s >= 1, 2 of 2 times; without data as before',
  GuardDeadLetters:
    'ApproximateNumberOfMessagesVisible of GuardsDeadLetters, Maximum of 300 s >= 1, 1 of 1 times; without data as before',
  ScheduleDeadLetters:
    'ApproximateNumberOfMessagesVisible of SchedulesDeadLetters, Maximum of 300 s >= 1, 1 of 1 times; without data as before',
  JanitorSilent: 'NodesPastDeadline, SampleCount of 300 s < 1, 3 of 3 times; without data alarming',
  // Step Functions writes a value only where an execution ended: one that came and stayed would tell of no second one.
  ExecutionsFailed: 'ExecutionsFailed of Machine, Sum of 300 s >= 1, 1 of 1 times; without data over',
  ExecutionsTimedOut: 'ExecutionsTimedOut of Machine, Sum of 300 s >= 1, 1 of 1 times; without data over',
  ExecutionsAborted: 'ExecutionsAborted of Machine, Sum of 300 s >= 1, 1 of 1 times; without data over',
};

const COMPARED: Record<string, string> = { GreaterThanOrEqualToThreshold: '>=', LessThanThreshold: '<' };
const WITHOUT_DATA: Record<string, string> = { ignore: 'as before', notBreaching: 'over', breaching: 'alarming' };

/** `StepBenchGuardsFailedReleases0A1B2C3D` as FailedReleases. */
const named = (id: string): string => id.replace(/^StepBench(Guards)?/, '').replace(/[0-9A-F]{8}$/, '');

/** Of AWS's own metrics: the resource that they are of. */
const resourceOf = (dimensions: { Name: string; Value: unknown }[]): string =>
  dimensions
    .flatMap(({ Value }) => /^<StepBench(\w+?)[0-9A-F]{8}(\.\w+)?>$/.exec(flattened(Value))?.[1] ?? [])
    .map((id) => ` of ${id}`)
    .join('');

it('alarms come and go as it was decided', () => {
  const alarms = resourcesOf(synthesize(), 'AWS::CloudWatch::Alarm').map(({ id, Properties: of }) => {
    const periods = of.EvaluationPeriods;
    const when = `${of.Statistic} of ${of.Period} s ${COMPARED[of.ComparisonOperator]} ${of.Threshold}`;
    const missing = WITHOUT_DATA[of.TreatMissingData];
    return [
      named(id),
      `${of.MetricName}${resourceOf(of.Dimensions)}, ${when}, ${of.DatapointsToAlarm ?? periods} of ${periods} times; without data ${missing}`,
    ];
  });
  expect(Object.fromEntries(alarms)).toEqual(EXPECTED);
});
