import type { CellCounts, RunStatus } from '../workflow/payload.ts';
import type { CellRow } from './cell-columns.ts';

type JudgedCell = Pick<CellRow, 'cell_id' | 'status' | 'valid'>;

/**
 * How many of the asked cells came to what. A cell with rows of several attempts counts once, by its best;
 * an asked cell without a row has failed; rows of cells that were not asked for do not count.
 */
export function cellCounts(rows: readonly JudgedCell[], askedCellIds: readonly string[]): CellCounts {
  const best = new Map<string, 'valid' | 'invalid' | 'failed'>();
  for (const row of rows) {
    const outcome = row.status !== 'measured' ? 'failed' : row.valid ? 'valid' : 'invalid';
    const before = best.get(row.cell_id);
    if (before === undefined || RANK[outcome] > RANK[before]) best.set(row.cell_id, outcome);
  }
  const asked = new Set(askedCellIds);
  const counts: CellCounts = { total: asked.size, valid: 0, invalid: 0, failed: 0 };
  for (const id of asked) counts[best.get(id) ?? 'failed'] += 1;
  return counts;
}

const RANK = { failed: 0, invalid: 1, valid: 2 } as const;

/**
 * SUCCEEDED: every cell measured and valid. PARTIAL: some. FAILED: none. A run that asked for nothing measured
 * nothing: it has not succeeded.
 */
export function runStatus(rows: readonly JudgedCell[], askedCellIds: readonly string[]): RunStatus {
  const { total, valid } = cellCounts(rows, askedCellIds);
  if (valid === 0) return 'FAILED';
  return valid === total ? 'SUCCEEDED' : 'PARTIAL';
}
