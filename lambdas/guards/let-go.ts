import type { Ports } from '#core/ports/ports.ts';
import type { MetricValues } from '#core/stack/metrics.ts';
import { NO_FAILURE } from '#core/workflow/failure.ts';
import type { ClusterTarget, Failure } from '#core/workflow/payload.ts';
import { finalizeRun } from '../finalize-run/task.ts';
import { releaseRun } from '../release-run/task.ts';
import type { Lease } from '../store/lease.ts';
import { findPlan } from '../store/plan.ts';
import { runMetrics } from '../store/run-metrics.ts';

export type GuardPorts = Pick<Ports, 'connect' | 'clusters' | 'store' | 'clock' | 'executions'>;

export interface LetGo {
  run: string;
  /** Nothing of it is left, proven. */
  released: boolean;
  /** All its rows are in the tables. */
  finalized: boolean;
  /** What the execution adds to the sums of the dashboard, once it is released; nothing where they have it already. */
  metrics: MetricValues;
  /** What FinalizeRun and ReleaseRun threw. */
  errors: { task: 'FinalizeRun' | 'ReleaseRun'; message: string }[];
}

/**
 * ReleaseRun and FinalizeRun, once each, for a run whose execution is gone. Both ask for what is missing and come
 * back: nobody waits here, the janitor asks again. Nodes go first: rows that take all the time there is, or for ever,
 * must not keep what is paid for.
 */
export async function letGo(ports: GuardPorts, lease: Lease, failure: Failure = NO_FAILURE): Promise<LetGo> {
  const { run, execution } = lease;
  const errors: LetGo['errors'] = [];
  const asked = async (task: LetGo['errors'][number]['task'], call: () => Promise<{ status: string }>) => {
    try {
      return (await call()).status === 'done';
    } catch (error) {
      errors.push({ task, message: error instanceof Error ? error.message : String(error) });
      return false;
    }
  };
  const finalize = () => asked('FinalizeRun', () => finalizeRun(ports)({ run, execution, failure }));
  const released = await asked('ReleaseRun', async () =>
    releaseRun(ports)({ run, execution, cluster: await targetOf(ports, lease) }),
  );
  let finalized = await finalize();
  // With the lease ended nobody comes again, so that what is left of the rows has its turn now.
  if (released && !finalized) finalized = await finalize();
  const metrics = released ? await metricsOf(ports, lease) : {};
  return { run, released, finalized, metrics, errors };
}

/** Where the run works. A plan that is gone, or of another version, must not keep its nodes. */
async function targetOf({ store }: GuardPorts, { run, cluster, ephemeral = false }: Lease): Promise<ClusterTarget> {
  const plan = await findPlan(store, run).catch(() => undefined);
  return plan?.cluster ?? { name: cluster, version: '', ephemeral };
}

/** The work is done: a sum on a dashboard is no reason to do it again. */
const metricsOf = ({ store }: GuardPorts, { run, attempt }: Lease): Promise<MetricValues> =>
  runMetrics(store, { run, attempt }).catch(() => ({}));
