import * as z from 'zod/mini';
import { ErrorName } from '#core/workflow/errors.ts';
import type { Failure } from '#core/workflow/payload.ts';
import { runId } from '../expand-matrix/run-id.ts';
import { leaseOf } from '../guards/leases.ts';
import { type GuardPorts, type LetGo, letGo } from '../guards/let-go.ts';

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
}

/**
 * When an execution has failed, timed out or was aborted: its rows to the tables and everything of its run away. A
 * run that has been let go of already is finalized once more, in case that is why the execution failed.
 */
export const guard =
  (ports: GuardPorts) =>
  async (event: unknown): Promise<Guarded> => {
    const { detail } = z.parse(eventSchema, event);
    const run = runId(requestedRun(detail.input), detail.executionArn);
    const lease = await leaseOf(ports.store, detail.executionArn, run);
    if (lease === undefined) return { run: null, released: true, finalized: true, metrics: {}, errors: [] };
    return letGo(ports, lease, failureOf(detail));
  };

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
function failureOf({ status, error, cause }: z.infer<typeof eventSchema>['detail']): Failure {
  if (error && status !== 'ABORTED') return { error, cause: cause ?? '' };
  const why = `The execution ${HAPPENED[status]} before this cell’s turn came.`;
  return { error: ErrorName.Interrupted, cause: cause || why };
}
