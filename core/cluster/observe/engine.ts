import type { AnyObject, ClusterEvent } from '#core/ports/cluster.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { NO_FAILURE } from '#core/workflow/failure.ts';
import type { Failure } from '#core/workflow/payload.ts';
import type { ModelStatus } from '#core/workflow/task-signatures.ts';
import { noCapacity } from './capacity.ts';
import { jobState } from './job.ts';
import { condition, containers, nodeName, terminalWait, terminations } from './pod.ts';

export interface EngineObjects {
  job: AnyObject | undefined;
  pod: AnyObject | undefined;
  /** NodeClaims of its pool. */
  claims: AnyObject[];
  /** Of the pod and of the NodeClaims of its pool. */
  events: ClusterEvent[];
  nowMs: number;
  patienceSeconds: number;
  capacity: number;
}

export type EngineStatus = { status: ModelStatus; failure: Failure };

const failed = (error: string, cause: string): EngineStatus => ({ status: 'failed', failure: { error, cause } });
const going = (status: ModelStatus): EngineStatus => ({ status, failure: NO_FAILURE });

/** Where an engine stands on its way to its first request. */
export function engineStatus(seen: EngineObjects): EngineStatus {
  const { job, pod } = seen;
  if (job === undefined) return failed(ErrorName.EngineFailed, 'The engine Job is gone: something else deleted it.');
  const state = jobState(job);
  if (state.state === 'complete')
    return failed(ErrorName.EngineFailed, 'The engine ended by itself, with exit code 0.');
  if (state.state === 'failed') {
    const error = state.reason === 'DeadlineExceeded' ? ErrorName.DeadlinePassed : ErrorName.EngineFailed;
    const how = pod === undefined ? '' : terminations(pod);
    return failed(error, [`The engine Job failed: ${state.reason}.`, state.message, how].filter(Boolean).join(' '));
  }
  if (pod === undefined || nodeName(pod) === undefined) {
    const cause = noCapacity({
      ...seen,
      sinceMs: Date.parse(job.metadata.creationTimestamp ?? ''),
      launching: seen.claims.some((claim) => condition(claim, 'Launched')?.status === 'True'),
    });
    return cause === undefined
      ? going('pending')
      : { status: 'no-capacity', failure: { error: ErrorName.NoCapacity, cause } };
  }
  const stuck = terminalWait(pod);
  if (stuck !== undefined) return failed(ErrorName.EngineFailed, `The engine cannot start: ${stuck}`);
  if (condition(pod, 'Ready')?.status === 'True') return going('ready');
  return going(containers(pod).some((one) => one.state?.running !== undefined) ? 'loading' : 'pulling');
}
