import { isoTime } from '#core/ports/clock.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { withRelease } from '#core/results/deployment-row.ts';
import { atOnce } from '../store/at-once.ts';
import { completeRecord, readRecords } from '../store/deployment-record.ts';

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
  const complete = (row: DeploymentRow) =>
    withRelease(row.role === 'load' ? shareOf(row, records) : row, isoTime(clock));
  await atOnce(
    records.filter((record) => record.released_at === null && gone(record)),
    ({ deployment_id: deployment, attempt }) => completeRecord(store, { run, deployment, attempt }, complete),
  );
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
