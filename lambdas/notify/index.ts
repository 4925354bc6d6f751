import { notifier } from '#aws/binding/notifier.ts';
import { store } from '#aws/binding/store.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { withMetrics } from '#aws/lambda/metrics.ts';
import { stackName } from '#aws/lambda/stack-name.ts';
import { endMetrics } from './end-metrics.ts';
import { notify } from './task.ts';

export const handler = taskHandler(
  'Notify',
  withMetrics(notify({ notifier, store }, stackName()), (_, input) => endMetrics({ store }, input)),
);
