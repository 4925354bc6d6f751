import type { ManagedCluster } from '#core/ports/managed-clusters.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { holdsRun, liveRuns } from '../store/lease.ts';

export interface Ending {
  /** It was to go with the run, and has been told to. */
  going: boolean;
  warnings: string[];
}

type OfRun = Pick<TaskInput<'ReleaseRun'>, 'run' | 'execution' | 'cluster'>;

const isToGo = ({ cluster }: OfRun, found: ManagedCluster | undefined): boolean =>
  cluster.ephemeral && found?.ours === true && found.status !== 'DELETING';

/**
 * Deletes the cluster that was to go with the run, when it is ours and nobody else lives on it: no other run, nor another
 * execution of this one, which may take it as soon as its lease has ended. Where a lease does not say whose it is, the
 * cluster stays: $0.10 an hour are less than a run that somebody else has paid for.
 * @throws what EKS, the store or Step Functions refuses for now.
 */
export async function endCluster(
  ports: Pick<Ports, 'clusters' | 'store' | 'executions'>,
  input: OfRun,
  found: ManagedCluster | undefined,
): Promise<Ending> {
  const { run, execution, cluster } = input;
  const { name } = cluster;
  const stays: Ending = { going: false, warnings: [] };
  if (!isToGo(input, found)) return stays;
  try {
    if (!(await holdsRun(ports.store, run, execution))) return stays;
    if ((await liveRuns(ports, name, run)).length > 0) return stays;
  } catch (error) {
    if (!isError(error, ErrorName.StoreBroken) && !isError(error, ErrorName.SchemaVersion)) throw error;
    const why = `Cluster ${name} stands, though it was to go with the run: another run may be on it. ${error.message}`;
    return { ...stays, warnings: [why] };
  }
  await ports.clusters.delete(name);
  return { going: true, warnings: [] };
}
