import type { AnyObject } from '#core/ports/cluster.ts';
import { condition } from './pod.ts';

export type JobState =
  | { state: 'running' }
  | { state: 'complete' }
  | { state: 'failed'; reason: string; message: string };

/** DeadlineExceeded says that time ran out, not that anything ran: a Job without capacity fails with it too. */
export function jobState(job: AnyObject): JobState {
  const failed = condition(job, 'Failed');
  if (failed?.status === 'True') {
    return { state: 'failed', reason: failed.reason ?? 'Failed', message: failed.message ?? '' };
  }
  if (condition(job, 'Complete')?.status === 'True') return { state: 'complete' };
  return { state: 'running' };
}
