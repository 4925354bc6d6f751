import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { recordFailure } from './task.ts';

export const handler = taskHandler('RecordFailure', recordFailure({ clock: systemClock, store }));
