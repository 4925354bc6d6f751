import { assertAnswered } from '#core/generators/endpoint-probe.ts';
import { generatorFor } from '#core/generators/generators.ts';
import { priceOf } from '#core/plan/price-of.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { Ports } from '#core/ports/ports.ts';
import { artifactsPrefix } from '#core/results/layout.ts';
import { measuredRow } from '#core/results/row.ts';
import { judge } from '#core/results/validity.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { storedArtifacts } from '../store/artifacts.ts';
import { readCell } from '../store/plan.ts';
import { recordRow } from '../store/rows.ts';

/** Parses the artifacts, judges the measurement and writes the row. Success is judged by the files. */
export const recordResult =
  ({ store, clock }: Pick<Ports, 'store' | 'clock'>): TaskHandler<'RecordResult'> =>
  async ({ run, deployment: id, attempt, capacity, node, cell: cellId }) => {
    const { deployment, cell } = await readCell(store, run, id, cellId);
    const artifacts = artifactsPrefix({ run, deployment: id, cell: cellId, attempt });
    const files = storedArtifacts(store, artifacts);
    if (deployment.endpoint !== undefined) await assertAnswered(files, deployment.endpoint, deployment.model, cell);
    const measurement = await generatorFor(deployment.generator).parse(files);
    const validity = judge(measurement, cell, deployment.endpoint ?? { pinsOutputLength: true });
    const row = measuredRow({
      run,
      deployment,
      cell: { ...cell, attempt },
      node,
      price: priceOf(deployment, node, capacity),
      measurement,
      validity: {
        valid: validity.valid,
        reasons: validity.reasons.map(({ code }) => code),
        sentences: validity.reasons.map(({ sentence }) => sentence),
      },
      artifacts,
      recordedAt: isoTime(clock),
    });
    await recordRow(store, row);
    return { status: validity.valid ? 'valid' : 'invalid' };
  };
