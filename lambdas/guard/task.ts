import * as z from 'zod/mini';
import type { EndedExecutions } from '#core/ports/executions.ts';
import type { Ports } from '#core/ports/ports.ts';
import { scheduledRun } from '#core/stack/schedule.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { NO_FAILURE } from '#core/workflow/failure.ts';
import type { Failure } from '#core/workflow/payload.ts';
import { runId } from '../expand-matrix/run-id.ts';
import { leaseOf } from '../guards/leases.ts';
import { type GuardPorts, type LetGo, letGo } from '../guards/let-go.ts';
import { findPlan } from '../store/plan.ts';
import { markTold, wasTold } from '../store/told.ts';
import { type EndStatus, notificationOf } from './tell.ts';

/** EventBridge's "Step Functions Execution Status Change": what we read of it. */
const eventSchema = z.object({
  detail: z.object({
    executionArn: z.string(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    /** JSON; null where it is too large for the event. */
    input: z.optional(z.nullable(z.string())),
    error: z.optional(z.nullable(z.string())),
    cause: z.optional(z.nullable(z.string())),
  }),
});

export interface Guarded {
  /** Null for an execution that holds no lease: it never started, or another one has taken its run over. */
  run: string | null;
  released: boolean;
  finalized: boolean;
  metrics: LetGo['metrics'];
  errors: LetGo['errors'];
  /** False for an end that was told before: by Notify, or by an earlier delivery of the event. */
  told: boolean;
}

export interface GuardSettings extends Pick<EndedExecutions, 'why'> {
  /** Its name, for the commands in the message. */
  stack: string;
}

/**
 * When an execution has failed, timed out or was aborted: its rows to the tables and everything of its run away. A
 * run that has been let go of already is finalized once more, in case that is why the execution failed. Then whoever
 * hears of runs is told of it, unless Notify has done that: an execution that is refused in its first step, times out
 * or is stopped never comes so far, and nobody looks at one that a schedule has started.
 */
export const guard =
  (ports: GuardPorts & Pick<Ports, 'notifier'>, { stack, why }: GuardSettings) =>
  async (event: unknown): Promise<Guarded> => {
    const { detail } = z.parse(eventSchema, event);
    const said = await saidBy(detail, why);
    const { executionArn: execution, status } = detail;
    const requested = requestedRun(detail.input);
    const run = runId(requested, execution);
    const lease = await leaseOf(ports.store, execution, run);
    // Nodes first, and whoever pays for them after.
    const done = lease && (await letGo(ports, lease, failureOf(status, said)));
    const told = lease === undefined || !(await wasTold(ports.store, lease));
    if (told) {
      const of = { stack, run, schedule: scheduledRun(requested)?.schedule };
      const plan = lease && (await findPlan(ports.store, lease.run).catch(() => undefined));
      await ports.notifier.publish(notificationOf({ status, execution, ...said, of, letGo: done, plan }));
      if (lease !== undefined) await markTold(ports.store, lease);
    }
    return { ...(done ?? NOTHING), told };
  };

const NOTHING = { run: null, released: true, finalized: true, metrics: {}, errors: [] };

/** An event that is too large, or of an older form, comes without: then Step Functions is asked, if it answers. */
const saidBy = async (
  { executionArn, error, cause }: z.infer<typeof eventSchema>['detail'],
  why: GuardSettings['why'],
): Promise<Failure> =>
  typeof error === 'string' && error !== '' ? { error, cause: cause ?? '' } : why(executionArn).catch(() => NO_FAILURE);

function requestedRun(input: string | null | undefined): string {
  try {
    const { run } = JSON.parse(input ?? '{}') as { run?: unknown };
    return typeof run === 'string' ? run : '';
  } catch {
    return '';
  }
}

const HAPPENED = { FAILED: 'failed', TIMED_OUT: 'took longer than its ceiling', ABORTED: 'was stopped' } as const;

/** What the rows of cells say that were not reached. Who stops an execution may name the error as they like. */
function failureOf(status: EndStatus, { error, cause }: Failure): Failure {
  if (error !== '' && status !== 'ABORTED') return { error, cause };
  const why = `The execution ${HAPPENED[status]} before this cell’s turn came.`;
  return { error: ErrorName.Interrupted, cause: cause || why };
}
