import { clusters } from '#aws/binding/clusters.ts';
import { executions } from '#aws/binding/executions.ts';
import { connect } from '#aws/binding/kubernetes.ts';
import { prices } from '#aws/binding/prices.ts';
import { quotas } from '#aws/binding/quotas.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { AUTO_IN_AWS } from '#core/generators/generators.ts';
import { goneFrom } from '../cluster/still-there.ts';
import { expandMatrix } from './task.ts';

export const handler = taskHandler(
  'ExpandMatrix',
  expandMatrix(
    { clock: systemClock, store, prices, quotas, executions },
    { autoGenerator: AUTO_IN_AWS, askGone: goneFrom({ connect, clusters }) },
  ),
);
