import { clusters } from '#aws/binding/clusters.ts';
import { connect } from '#aws/binding/kubernetes.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { releaseDeployment } from './task.ts';

export const handler = taskHandler(
  'ReleaseDeployment',
  releaseDeployment({ clock: systemClock, clusters, connect, store }),
);
