import { clusters } from '#aws/binding/clusters.ts';
import { executions } from '#aws/binding/executions.ts';
import { connect } from '#aws/binding/kubernetes.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { lambdaHandler } from '#aws/lambda/handler.ts';
import { withMetrics } from '#aws/lambda/metrics.ts';
import { guard } from './task.ts';

const letGo = guard({ clock: systemClock, clusters, connect, executions, store });

export const handler = lambdaHandler(
  'Guard',
  withMetrics(letGo, ({ metrics }) => metrics),
);
