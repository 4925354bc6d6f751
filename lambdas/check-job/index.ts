import { connect } from '#aws/binding/kubernetes.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { checkJob } from './task.ts';

export const handler = taskHandler('CheckJob', checkJob({ clock: systemClock, connect, store }));
