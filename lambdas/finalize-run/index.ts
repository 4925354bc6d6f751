import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { finalizeRun } from './task.ts';

export const handler = taskHandler('FinalizeRun', finalizeRun({ clock: systemClock, store }));
