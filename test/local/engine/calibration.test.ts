import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fit } from '#local/engine/calibration/fit.ts';
import { seedCells, VALID_OCCUPANCY } from '#local/engine/calibration/seed.ts';
import { calibrationTable, cellError } from '#local/engine/calibration/table.ts';
import { MEASURED, MEASURED_MODEL } from '#local/engine/model/measured.ts';

const cells = seedCells();
const cellsOf = (instanceType: string) => cells.filter((cell) => cell.instanceType === instanceType);
const errors = MEASURED.flatMap((profile) => cellsOf(profile.instanceType).map((cell) => cellError(profile, cell)));

describe('the calibration', () => {
  it('has all of the seed data', () => {
    expect(cells.length).toBe(24);
    expect(errors.length).toBe(24);
  });

  it.each(MEASURED)('fits $instanceType to the committed numbers again', (committed) => {
    const fitted = fit(cellsOf(committed.instanceType), committed.prefillTimePerTokenMs);
    for (const key of ['interTokenLatencyMs', 'timeFactorUnderLoad', 'loadExponent', 'coldStartMs'] as const) {
      expect(fitted[key] / committed[key]).toBeCloseTo(1, 1.5);
    }
  });

  it('meets the throughput of every cell within 7 %, measured as the cell was measured', () => {
    for (const { throughput } of errors) expect(Math.abs(throughput)).toBeLessThan(0.07);
  });

  it('meets the latency of every valid cell within 6 %', () => {
    const valid = errors.filter(({ cell }) => cell.occupancy >= VALID_OCCUPANCY);
    expect(valid.length).toBe(14);
    for (const { latency } of valid) expect(Math.abs(latency)).toBeLessThan(0.06);
  });

  it('stands in docs/simulator.md as it is', () => {
    const page = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
    expect(page).toContain(calibrationTable(MEASURED, cells, MEASURED_MODEL));
  });
});
