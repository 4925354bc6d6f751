import { sql } from '#aws/binding/sql.ts';
import { store } from '#aws/binding/store.ts';
import { systemClock } from '#aws/clock/system-clock.ts';
import { bundledQueries } from '#aws/lambda/bundled-queries.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { queryPricePerformance } from './task.ts';

export const handler = taskHandler(
  'QueryPricePerformance',
  queryPricePerformance({ clock: systemClock, sql, store }, bundledQueries()),
);
