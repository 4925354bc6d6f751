import { isoTime } from '#core/ports/clock.ts';
import { isTrue, withCondition } from '../objects/conditions.ts';
import { isOver, keyOf } from '../objects/objects.ts';
import type { Condition, Job, JobStatus, Pod } from '../objects/shapes.ts';
import type { Controller, ControlPlane } from './controller.ts';
import { newPod } from './new-pod.ts';

/** Between a failure and the next try: doubled each time, up to the longest. Kubernetes' own. */
const BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 6 * 60_000;

interface Tally {
  /** Uids of pods that ended, so that one that is removed meanwhile is still counted, and once. */
  succeeded: Set<string>;
  failed: Set<string>;
  lastFailureMs: number;
}

/** Jobs with one completion: pods until one succeeds, the backoff limit is passed or the deadline is. */
export function jobs({ objects, events, timers }: ControlPlane): Controller {
  const { clock } = timers;
  const tallies = new Map<string, Tally>();
  return {
    name: 'job',
    watches: {
      Job: (job, change) => {
        if (change === 'deleted') tallies.delete(job.metadata.uid!);
        return [keyOf(job.metadata)];
      },
      Pod: (pod, change) => {
        const owner = pod.metadata.ownerReferences?.find(({ kind }) => kind === 'Job');
        if (owner === undefined) return [];
        const tally = tallies.get(owner.uid);
        if (tally !== undefined) count(tally, pod, change === 'deleted');
        return [keyOf({ namespace: pod.metadata.namespace, name: owner.name })];
      },
    },
    reconcile: (key) => {
      const job = objects.find('Job', key);
      if (job === undefined || isFinished(job)) return;
      return sync(job, key);
    },
  };

  function count(tally: Tally, pod: Pod, isGone: boolean): void {
    const uid = pod.metadata.uid!;
    if (tally.succeeded.has(uid) || tally.failed.has(uid)) return;
    if (pod.status.phase === 'Succeeded') tally.succeeded.add(uid);
    else if (pod.status.phase === 'Failed' || isGone || pod.metadata.deletionTimestamp !== undefined) {
      tally.failed.add(uid);
      tally.lastFailureMs = clock.nowMs();
    }
  }

  function tallyOf(job: Job): Tally {
    const uid = job.metadata.uid!;
    const tally = tallies.get(uid) ?? { succeeded: new Set(), failed: new Set(), lastFailureMs: 0 };
    tallies.set(uid, tally);
    return tally;
  }

  function sync(job: Job, key: string): number | undefined {
    const tally = tallyOf(job);
    const nowMs = clock.nowMs();
    const startTime = job.status?.startTime ?? isoTime(clock);
    const deadlineMs = Date.parse(startTime) + (job.spec.activeDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    const verdict = judge(job, tally, nowMs >= deadlineMs);
    if (verdict?.type === 'FailureTarget') {
      for (const pod of podsOf(job).filter((one) => !isOver(one))) objects.requestDeletion('Pod', keyOf(pod.metadata));
    }
    let retryMs = Number.POSITIVE_INFINITY;
    if (verdict === undefined && podsOf(job).every(isOver)) {
      const backoffMs = Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** (tally.failed.size - 1));
      retryMs = tally.failed.size === 0 ? 0 : tally.lastFailureMs + backoffMs - nowMs;
      if (retryMs <= 0) {
        const pod = objects.create(newPod(job, tally.failed.size));
        events.record(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      }
    }
    report(job, key, startTime, tally, verdict);
    return verdict === undefined
      ? Math.min(deadlineMs - nowMs, retryMs > 0 ? retryMs : Number.POSITIVE_INFINITY)
      : undefined;
  }

  /** The condition that says how it will end; it has ended when no pod of it runs any more. */
  function judge(job: Job, tally: Tally, isLate: boolean): Condition | undefined {
    const before = job.status?.conditions?.find(
      ({ type }) => type === 'FailureTarget' || type === 'SuccessCriteriaMet',
    );
    if (before !== undefined) return before;
    const failure = (reason: string, message: string): Condition => {
      events.record(job, 'Warning', reason, message);
      return { type: 'FailureTarget', status: 'True', reason, message };
    };
    if (tally.succeeded.size > 0) {
      const message = 'Reached expected number of succeeded pods';
      return { type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached', message };
    }
    if (isLate) return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
    if (tally.failed.size > (job.spec.backoffLimit ?? 6)) {
      return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    }
    return undefined;
  }

  function report(job: Job, key: string, startTime: string, tally: Tally, verdict: Condition | undefined): void {
    const running = podsOf(job).filter((pod) => !isOver(pod));
    const now = isoTime(clock);
    const status: JobStatus = {
      startTime,
      active: running.filter((pod) => pod.metadata.deletionTimestamp === undefined).length,
      ready: running.filter((pod) => isTrue(pod.status.conditions, 'Ready')).length,
      terminating: running.filter((pod) => pod.metadata.deletionTimestamp !== undefined).length,
      succeeded: tally.succeeded.size,
      failed: tally.failed.size,
    };
    let conditions = job.status?.conditions ?? [];
    if (verdict !== undefined) conditions = withCondition(conditions, verdict, now);
    if (verdict !== undefined && running.length === 0) {
      const type = verdict.type === 'FailureTarget' ? 'Failed' : 'Complete';
      conditions = withCondition(conditions, { ...verdict, type }, now);
      if (type === 'Complete') {
        status.completionTime = now;
        events.record(job, 'Normal', 'Completed', 'Job completed');
      }
    }
    if (conditions.length > 0) status.conditions = conditions;
    objects.change('Job', key, (draft) => {
      draft.status = status;
    });
  }

  function podsOf(job: Job): Pod[] {
    return objects.dependents(job.metadata.uid!).filter((object): object is Pod => object.kind === 'Pod');
  }
}

const isFinished = ({ status }: Job): boolean =>
  isTrue(status?.conditions, 'Complete') || isTrue(status?.conditions, 'Failed');
