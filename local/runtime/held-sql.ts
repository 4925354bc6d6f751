import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from '#core/ports/sql.ts';
import type { TimerClock } from '../clock/timer-clock.ts';

const LOOK_EVERY_MS = 2;

/**
 * A statement is work that really takes time: virtual time stands still until it is answered, or the polls
 * for it would race ahead.
 */
export const heldSql = (sql: Sql, clock: TimerClock): Sql => ({
  ...sql,
  start: async (query) => {
    const id = await sql.start(query);
    void clock.busy(async () => {
      while ((await sql.status(id)).state === 'RUNNING') await delay(LOOK_EVERY_MS);
    });
    return id;
  },
});
