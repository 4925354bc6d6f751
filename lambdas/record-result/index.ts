import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { recordResult } from './task.ts';

export const handler = taskHandler('RecordResult', recordResult({ clock: systemClock, store }));
