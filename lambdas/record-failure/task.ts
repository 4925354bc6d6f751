import { priceOf } from '#core/plan/price-of.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import { artifactsPrefix } from '#core/results/layout.ts';
import { failedRow } from '#core/results/row.ts';
import { explain } from '#core/workflow/failure.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { readDeployment } from '../store/plan.ts';
import { recordRow } from '../store/rows.ts';

/** A row with status and reason for each cell that got none: what failed is a result too. */
export const recordFailure =
  ({ store, clock }: Pick<Ports, 'store' | 'clock'>): TaskHandler<'RecordFailure'> =>
  async ({ run, deployment: id, attempt, cells, capacity, node, failure }) => {
    const deployment = await readDeployment(store, run, id);
    const failed = new Set(cells.map((one) => one.cell));
    let recorded = 0;
    for (const cell of deployment.cells.filter((one) => failed.has(one.id))) {
      const artifacts = artifactsPrefix({ run, deployment: id, cell: cell.id, attempt });
      const row = failedRow({
        run,
        deployment,
        cell: { ...cell, attempt },
        node,
        price: node.instanceId === '' ? null : priceOf(deployment, node, capacity),
        error: failure.error,
        reason: explain(failure),
        artifacts: (await hasArtifacts(store, artifacts)) ? artifacts : null,
        recordedAt: isoTime(clock),
      });
      await recordRow(store, row);
      recorded += 1;
    }
    return { recorded };
  };

async function hasArtifacts(store: ObjectStore, prefix: string): Promise<boolean> {
  for await (const _ of store.list(prefix)) return true;
  return false;
}
