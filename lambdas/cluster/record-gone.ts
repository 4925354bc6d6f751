import { isoTime } from '#core/ports/clock.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { withRelease } from '#core/results/deployment-row.ts';
import { atOnce } from '../store/at-once.ts';
import { completeRecord, readRecords } from '../store/deployment-record.ts';
import { type LoadNode, readLoadNodes, SEEN_WITHIN_MS } from './load-nodes.ts';

/**
 * Says of nodes in their records that they are gone, as of now: also of those that went between two calls, with
 * their pool, so that nobody saw them go.
 */
export async function recordGone(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  run: string,
  gone: (record: DeploymentRow) => boolean,
): Promise<void> {
  const records = await readRecords(store, run);
  await atOnce(
    records.filter((record) => record.released_at === null && gone(record)),
    async ({ role, deployment_id: deployment, attempt }) => {
      const nodes = role === 'load' ? await readLoadNodes(store, { run, attempt }) : [];
      await completeRecord(store, { run, deployment, attempt }, (row) =>
        row.role === 'load'
          ? withRelease(shareOf(row, records), isoTime(clock), stillThere(row, nodes))
          : withRelease(row, isoTime(clock)),
      );
    },
  );
}

/** Of its nodes, how many had not gone before it was recorded: only those were released. */
function stillThere({ instance_id, recorded_at }: DeploymentRow, nodes: readonly LoadNode[]): number {
  const ids = (instance_id ?? '').split(',');
  const seenMs = Date.parse(recorded_at) - SEEN_WITHIN_MS;
  const earlier = nodes.filter((one) => ids.includes(one.id) && Date.parse(one.lastSeenAt) < seenMs);
  return ids.length - earlier.length;
}

/** By now every deployment has said how long its load generators were at work; the rest of the nodes' time was idle. */
function shareOf(load: DeploymentRow, records: readonly DeploymentRow[]): DeploymentRow {
  const working = load.measure_s + load.idle_s;
  const engines = records.filter((one) => one.attempt === load.attempt && one.role === 'engine');
  const measure_s = Math.min(
    working,
    engines.reduce((sum, one) => sum + one.measure_s, 0),
  );
  return { ...load, measure_s, idle_s: working - measure_s };
}
