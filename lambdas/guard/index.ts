import { clusters } from '#aws/binding/clusters.ts';
import { executions } from '#aws/binding/executions.ts';
import { connect } from '#aws/binding/kubernetes.ts';
import { notifier } from '#aws/binding/notifier.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { lambdaHandler } from '#aws/lambda/handler.ts';
import { withMetrics } from '#aws/lambda/metrics.ts';
import { stackName } from '#aws/lambda/stack-name.ts';
import { guard } from './task.ts';

const ports = { clock: systemClock, clusters, connect, executions, notifier, store };
const guarded = guard(ports, { stack: stackName(), why: (execution) => executions.why(execution) });

export const handler = lambdaHandler(
  'Guard',
  withMetrics(guarded, ({ metrics }) => metrics),
);
