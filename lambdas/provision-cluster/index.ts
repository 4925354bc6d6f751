import { clusters } from '#aws/binding/clusters.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { provisionCluster } from './task.ts';

export const handler = taskHandler('ProvisionCluster', provisionCluster({ clock: systemClock, clusters, store }));
