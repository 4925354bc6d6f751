import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellCounts, runStatus } from '#core/results/status.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const row = fc
  .record({
    cell_id: fc.constantFrom(...ids, 'of another run'),
    outcome: fc.constantFrom('valid', 'invalid', 'failed'),
  })
  .map(({ cell_id, outcome }) => ({
    cell_id,
    status: outcome === 'failed' ? ('failed' as const) : ('measured' as const),
    valid: outcome === 'valid',
  }));
const asked = fc.uniqueArray(fc.constantFrom(...ids));

describe('the status of a run', () => {
  it('is SUCCEEDED exactly when every asked cell has a valid row, FAILED exactly when none has', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), asked, (rows, cells) => {
        const isValid = (cell: string) => rows.some((one) => one.cell_id === cell && one.valid);
        const status = runStatus(rows, cells);
        expect(status === 'FAILED').toBe(!cells.some(isValid));
        expect(status === 'SUCCEEDED').toBe(cells.length > 0 && cells.every(isValid));
      }),
    );
  });

  it('counts every asked cell once, by its best row', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), asked, (rows, cells) => {
        const { total, valid, invalid, failed } = cellCounts(rows, cells);
        expect(total).toBe(cells.length);
        expect(valid + invalid + failed).toBe(total);
        const has = (cell: string, status: string) => rows.some((one) => one.cell_id === cell && one.status === status);
        expect(failed).toBe(cells.filter((cell) => !has(cell, 'measured')).length);
        expect(cellCounts([...rows, ...rows].reverse(), cells)).toEqual({ total, valid, invalid, failed });
      }),
    );
  });

  it('is FAILED for a run that measured nothing because it asked for nothing', () => {
    expect(runStatus([], [])).toBe('FAILED');
  });

  it('is FAILED when all was measured and nothing of it is valid', () => {
    expect(runStatus([{ cell_id: 'a', status: 'measured', valid: false }], ['a'])).toBe('FAILED');
  });
});
