import { Annotation, Label, parseNodePoolName } from '#core/cluster/names.ts';
import { RELEASE_ALLOWANCE_SECONDS } from '#core/plan/deadlines.ts';
import type { AnyObject } from '#core/ports/cluster.ts';
import type { ClusterInstance, ManagedCluster } from '#core/ports/managed-clusters.ts';

/** What nobody may have a node after. */
export interface OverdueObject {
  apiVersion: string;
  kind: string;
  name: string;
  namespace: string | undefined;
  run: string | undefined;
}

const ALLOWANCE_MS = RELEASE_ALLOWANCE_SECONDS * 1000;

/** By its annotation; a NodePool's name says it too, whatever became of its annotations. */
function deadlineMs({ kind, metadata }: AnyObject): number | undefined {
  const annotated = Date.parse(metadata.annotations?.[Annotation.deadline] ?? '');
  if (!Number.isNaN(annotated)) return annotated;
  return kind === 'NodePool' ? parseNodePoolName(metadata.name)?.deadlineMs : undefined;
}

const isOurs = ({ metadata }: AnyObject): boolean => metadata.labels?.[Label.managedBy] === 'stepbench';

/**
 * Objects of ours that should be gone. Those of a run that is alive have the time that a release takes on top: its
 * own machine records what the node did before it deletes it.
 */
export function overdueObjects(
  objects: readonly AnyObject[],
  nowMs: number,
  isAlive: (run: string) => boolean,
): OverdueObject[] {
  return objects.flatMap((object) => {
    const { kind, apiVersion, metadata } = object;
    const named = kind === 'NodePool' ? parseNodePoolName(metadata.name) : undefined;
    if (!isOurs(object) && named === undefined) return [];
    const deadline = deadlineMs(object);
    const run = metadata.labels?.[Label.run] ?? named?.run;
    const allowance = run !== undefined && isAlive(run) ? ALLOWANCE_MS : 0;
    if (deadline === undefined || nowMs <= deadline + allowance) return [];
    return [{ apiVersion, kind, name: metadata.name, namespace: metadata.namespace, run }];
  });
}

/** Instances whose pool's name says that they should be gone, by so many seconds at least. */
export function overdueInstances(
  instances: readonly ClusterInstance[],
  nowMs: number,
  bySeconds = 0,
): ClusterInstance[] {
  return instances.filter(({ nodePool }) => {
    const named = parseNodePoolName(nodePool);
    return named !== undefined && nowMs > named.deadlineMs + bySeconds * 1000;
  });
}

export interface LastResort {
  cluster: ManagedCluster | undefined;
  /** Kubernetes did not answer, or did not let us in. */
  unreachable: boolean;
  instances: readonly ClusterInstance[];
  /** Runs of ours at work on the cluster. */
  liveRuns: readonly string[];
  nowMs: number;
}

/**
 * Whether Auto Mode's compute may be turned off, which ends every instance of the cluster: only on a cluster of
 * ours that nobody uses, when Kubernetes cannot be asked and a node has outlived all that a release may take.
 */
export const mayDisableCompute = ({ cluster, unreachable, instances, liveRuns, nowMs }: LastResort): boolean =>
  cluster?.ours === true &&
  cluster.status === 'ACTIVE' &&
  unreachable &&
  liveRuns.length === 0 &&
  overdueInstances(instances, nowMs, RELEASE_ALLOWANCE_SECONDS).length > 0;
