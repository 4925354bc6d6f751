import * as z from 'zod/mini';
import { Label, NAMESPACE, parseNodePoolName, RUN_ID } from '#core/cluster/names.ts';
import { containers } from '#core/cluster/observe/pod.ts';
import type { AnyObject, Cluster, ClusterEvent } from '#core/ports/cluster.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { readLease } from '../store/lease.ts';
import { withinBytes } from './bound.ts';
import { eventStatus, nodeStatus, podStatus, type RunStatusView } from './views.ts';

const PARTS = ['nodes', 'pods', 'events', 'logs'] as const;
const DEFAULT_TAIL = 20;
const LONGEST_TAIL = 500;

const requestSchema = z.object({
  run: z.string().check(z.regex(RUN_ID)),
  /** All of them when left out. */
  what: z.optional(z.array(z.enum(PARTS))),
  /** Lines of each container's log. */
  tail: z.optional(z.int().check(z.minimum(1), z.maximum(LONGEST_TAIL))),
});

/**
 * What stands of a run in its cluster, for people: `kubectl get`, `describe` and `logs` without an endpoint that the
 * world can reach. It reads only.
 * @throws StepBenchError SchemaVersion for a run that nobody has started here.
 */
export const status =
  ({ connect, store, clusters }: Pick<Ports, 'connect' | 'store' | 'clusters'>) =>
  async (request: unknown): Promise<RunStatusView> => {
    const { run, what = [...PARTS], tail = DEFAULT_TAIL } = z.parse(requestSchema, request);
    const lease = (await readLease(store, run))?.lease;
    if (lease === undefined) {
      throw new StepBenchError(ErrorName.SchemaVersion, `There is no run ${run} here.`, {
        nextStep: '`stepbench runs --stack NAME` lists those there are.',
      });
    }
    const { execution, cluster: name, deadline, releasedAt } = lease;
    const view: RunStatusView = {
      ...{ run, execution, cluster: name, deadline, releasedAt },
      ...{ nodes: [], pods: [], events: [], logs: [], cut: false },
    };
    const found = await clusters.describe(name);
    if (found?.status !== 'ACTIVE' && found?.status !== 'UPDATING') return view;
    const cluster = await connect(name);
    const labels = { [Label.run]: run };
    const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, labels });
    if (what.includes('pods')) view.pods = pods.map(podStatus);
    if (what.includes('nodes')) {
      view.nodes = (await cluster.list({ apiVersion: 'v1', kind: 'Node', labels })).map(nodeStatus);
    }
    if (what.includes('events')) view.events = (await eventsOf(cluster, run, pods)).map(eventStatus);
    if (what.includes('logs')) view.logs = await logsOf(cluster, pods, tail);
    return withinBytes(view);
  };

/** Of its pods and Jobs, and of claims on nodes, which are gone by the time that their events are read. */
async function eventsOf(cluster: Cluster, run: string, pods: readonly AnyObject[]): Promise<ClusterEvent[]> {
  const labels = { [Label.run]: run };
  const jobs = await cluster.list({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, labels });
  const names = new Set([...pods, ...jobs].map(({ metadata }) => metadata.name));
  const [ofPods, ofJobs, ofClaims] = await Promise.all([
    cluster.events({ kind: 'Pod', namespace: NAMESPACE }),
    cluster.events({ kind: 'Job', namespace: NAMESPACE }),
    cluster.events({ kind: 'NodeClaim', namePrefix: `sb-${run}-` }),
  ]);
  const ofRun = [
    ...[...ofPods, ...ofJobs].filter(({ regarding }) => names.has(regarding.name)),
    // A claim is named after its pool, with a suffix of its own.
    ...ofClaims.filter(({ regarding }) => parseNodePoolName(regarding.name.replace(/-[^-]+$/, ''))?.run === run),
  ];
  return ofRun.toSorted((a, b) => b.lastSeenAt.localeCompare(a.lastSeenAt));
}

async function logsOf(cluster: Cluster, pods: readonly AnyObject[], tailLines: number) {
  const started = pods.flatMap((pod) =>
    containers(pod)
      .filter(({ state }) => state?.waiting === undefined)
      .map((container) => ({ pod: pod.metadata.name, container: container.name })),
  );
  return Promise.all(
    started.map(async (one) => ({ ...one, text: await cluster.logs({ namespace: NAMESPACE, ...one, tailLines }) })),
  );
}
