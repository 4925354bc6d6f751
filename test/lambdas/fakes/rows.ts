import type { PlannedDeployment } from '#core/plan/types.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { failedRow, measuredRow } from '#core/results/row.ts';
import { noNode, sampleMeasurement, sampleNode } from '#test/core/results/samples.ts';
import { BEGAN } from './clock.ts';
import { RUN } from './world.ts';

interface Made {
  run?: string;
  cell: number;
  attempt?: number;
  recordedAt?: string;
}

const context = (deployment: PlannedDeployment, { run = RUN, cell, attempt = 1, recordedAt = BEGAN }: Made) => ({
  run,
  deployment,
  cell: { ...deployment.cells[cell]!, attempt },
  recordedAt,
});

export const measured = (deployment: PlannedDeployment, made: Made & { valid?: boolean }): CellRow =>
  measuredRow({
    ...context(deployment, made),
    node: sampleNode,
    price: deployment.prices[0]!,
    measurement: sampleMeasurement,
    validity: { valid: made.valid ?? true, reasons: made.valid === false ? ['errors'] : [] },
    artifacts: 'runs/night/artifacts/',
  });

export const failed = (deployment: PlannedDeployment, made: Made & { error?: string }): CellRow =>
  failedRow({
    ...context(deployment, made),
    node: noNode,
    price: null,
    error: made.error ?? 'EngineFailed',
    reason: 'it broke',
    artifacts: null,
  });
