import { connect } from '#aws/binding/kubernetes.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { deployModel } from './task.ts';

export const handler = taskHandler('DeployModel', deployModel({ clock: systemClock, connect, store }));
