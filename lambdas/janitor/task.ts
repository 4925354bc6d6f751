import * as z from 'zod/mini';
import { RUN_ID } from '#core/cluster/names.ts';
import { Metric, type MetricName, type MetricValues } from '#core/stack/metrics.ts';
import { leaseOfRun, openLeases } from '../guards/leases.ts';
import { type GuardPorts, type LetGo, letGo } from '../guards/let-go.ts';
import { deleteOrphan, type SweptCluster, sweepCluster } from '../guards/sweep-cluster.ts';
import type { Lease } from '../store/lease.ts';

/** `{}` is what the schedule asks for every five minutes; a person asks for one run, or for all that nobody works on. */
const requestSchema = z.object({
  run: z.optional(z.string().check(z.regex(RUN_ID))),
  all: z.optional(z.literal(true)),
});

export interface Swept {
  /** Nothing is left that should be gone. */
  done: boolean;
  /** Runs that are not gone yet, and why; asked again, they are. */
  remaining: { run: string; why: string }[];
  clusters: SweptCluster[];
  metrics: MetricValues;
}

/** The function has 300 s: a release that has begun by then has the rest of them. */
const BEGIN_WITHIN_MS = 180_000;

const ALIVE = 'its execution is under way: stop it first';
const UNDER_WAY = 'its nodes are being drained';

/**
 * What nobody else looks after any more: runs whose execution is gone without having let go of them, and nodes past
 * their deadline. Whatever it finds it asks for once, and says what is left.
 */
export const janitor =
  (ports: GuardPorts) =>
  async (request: unknown): Promise<Swept> => {
    const { run, all } = z.parse(requestSchema, request);
    const startedMs = ports.clock.nowMs();
    const open = await openLeases(ports);
    const { leases: asked, unreadable } = run === undefined ? open : await leaseOfRun(ports.store, run);
    const { alive, unknown } = await runsAlive(ports, open.leases);
    const remaining = [...unreadable, ...unknown].filter((one) => run === undefined || one.run === run);
    const ended: MetricValues[] = [];
    let failedReleases = 0;
    for (const lease of asked) {
      if (alive.has(lease.run)) {
        // The schedule leaves it to its machine; a person wants to know.
        if (alive.get(lease.run) === 'running' && (run !== undefined || all)) {
          remaining.push({ run: lease.run, why: ALIVE });
        }
        continue;
      }
      if (ports.clock.nowMs() - startedMs > BEGIN_WITHIN_MS) {
        remaining.push({ run: lease.run, why: 'there was no time left for it in this call' });
        continue;
      }
      const gone = await letGo(ports, lease);
      ended.push(gone.metrics);
      if (gone.errors.some(({ task }) => task === 'ReleaseRun')) failedReleases += 1;
      if (!gone.released || !gone.finalized) remaining.push({ run: lease.run, why: whyLeft(gone) });
    }
    const swept: SweptCluster[] = [];
    for (const name of run === undefined ? open.clusters : clustersOf(asked)) {
      const liveRuns = open.leases.filter((one) => one.cluster === name && alive.has(one.run)).map((one) => one.run);
      const one = await sweepCluster(ports, name, liveRuns);
      if (open.orphans.includes(name)) await deleteOrphan(ports, one);
      swept.push(one);
    }
    const past = swept.flatMap((one) => one.nodesPastDeadline);
    const isKnown = swept.every(({ asked }) => asked);
    return {
      done: remaining.length === 0 && past.length === 0 && isKnown,
      remaining,
      clusters: swept,
      metrics: sumOf([
        ...ended,
        { [Metric.failedReleases]: failedReleases },
        // None would be the end of an alarm, though nobody knows: that there is no number is an alarm of its own.
        isKnown || past.length > 0 ? { [Metric.nodesPastDeadline]: past.length } : {},
      ]),
    };
  };

const whyLeft = ({ errors }: LetGo): string =>
  errors.length === 0 ? UNDER_WAY : errors.map(({ task, message }) => `${task}: ${message}`).join('; ');

/**
 * Runs that somebody works on: an execution that has let go of its run may still be answering. Where nobody can say
 * whether an execution lives, it is left to live, and told.
 */
async function runsAlive({ executions }: GuardPorts, leases: readonly Lease[]) {
  const alive = new Map<string, 'running' | 'unknown'>();
  const unknown: Swept['remaining'] = [];
  for (const { run, execution } of leases) {
    try {
      if (await executions.isRunning(execution)) alive.set(run, 'running');
    } catch (error) {
      alive.set(run, 'unknown');
      unknown.push({ run, why: `Its execution cannot be asked: ${error instanceof Error ? error.message : error}` });
    }
  }
  return { alive, unknown };
}

function sumOf(metrics: readonly MetricValues[]): MetricValues {
  const sums: MetricValues = {};
  for (const [name, value] of metrics.flatMap((one) => Object.entries(one) as [MetricName, number][])) {
    sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

const clustersOf = (leases: readonly Lease[]): Set<string> => new Set(leases.map(({ cluster }) => cluster));
