import { clusters } from '#aws/binding/clusters.ts';
import { executions } from '#aws/binding/executions.ts';
import { connect } from '#aws/binding/kubernetes.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { releaseRun } from './task.ts';

export const handler = taskHandler(
  'ReleaseRun',
  releaseRun({ clock: systemClock, clusters, connect, executions, store }),
);
