import { clusters } from '#aws/binding/clusters.ts';
import { executions } from '#aws/binding/executions.ts';
import { connect } from '#aws/binding/kubernetes.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { lambdaHandler } from '#aws/lambda/handler.ts';
import { guard } from './task.ts';

export const handler = lambdaHandler('Guard', guard({ clock: systemClock, clusters, connect, executions, store }));
