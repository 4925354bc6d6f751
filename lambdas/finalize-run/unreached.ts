import { isoTime } from '#core/ports/clock.ts';
import type { Ports } from '#core/ports/ports.ts';
import { failedRow } from '#core/results/row.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { explain } from '#core/workflow/failure.ts';
import type { Failure, NodeFacts } from '#core/workflow/payload.ts';
import { atOnce } from '../store/at-once.ts';
import { readDeployment, type StoredPlan } from '../store/plan.ts';
import { recordRow } from '../store/rows.ts';

const NO_NODE: NodeFacts = { zone: '', capacityType: '', instanceId: '', simulated: false, engineVersion: '' };

/**
 * A row for every cell that this execution was to measure and that has none: why, as far as is known. False
 * when time ran out before all had one.
 */
export async function recordUnreached(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { run, deploymentIds, cellsOf }: StoredPlan,
  failure: Failure,
  hasRow: (cell: string) => boolean,
  outOfTime: () => boolean,
): Promise<boolean> {
  const withGaps = deploymentIds.filter((id) => !(cellsOf[id] ?? []).every(hasRow));
  const complete = await atOnce(withGaps, async (id) => {
    if (outOfTime()) return false;
    const deployment = await readDeployment(store, run, id);
    for (const cell of deployment.cells) {
      if (hasRow(cell.id)) continue;
      if (outOfTime()) return false;
      const row = failedRow({
        run,
        deployment,
        cell,
        node: NO_NODE,
        price: null,
        error: failure.error === '' ? ErrorName.NotReached : failure.error,
        reason: failure.error === '' ? 'The run ended before this cell’s turn came.' : explain(failure),
        artifacts: null,
        recordedAt: isoTime(clock),
      });
      await recordRow(store, row);
    }
    return true;
  });
  return complete.every(Boolean);
}
