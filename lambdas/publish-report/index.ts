import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { bundledQueries } from '#aws/lambda/bundled-queries.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { publishReport } from './task.ts';

export const handler = taskHandler('PublishReport', publishReport({ clock: systemClock, store }, bundledQueries()));
