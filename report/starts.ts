import { time } from './format.ts';
import type { ReportedPlan } from './input.ts';

/** When a run started, and when it was last resumed where it was: ISO times. */
export function startsOf({ startedAt, firstStartedAt = startedAt }: ReportedPlan): {
  startedAt: string;
  resumedAt?: string;
} {
  return firstStartedAt === startedAt ? { startedAt } : { startedAt: firstStartedAt, resumedAt: startedAt };
}

/** `2026-01-31 09:00 UTC, last resumed 2026-02-01 09:00 UTC` */
export function startsText(starts: { startedAt: string; resumedAt?: string }): string {
  const resumed = starts.resumedAt === undefined ? '' : `, last resumed ${time(starts.resumedAt)}`;
  return `${time(starts.startedAt)}${resumed}`;
}
