import { CELL_COLUMNS, type CellRow } from '#core/results/cell-columns.ts';
import { csv } from '#core/results/csv.ts';

/** The rows with all their columns. */
export const cellsCsv = (rows: readonly CellRow[]): string =>
  csv(
    CELL_COLUMNS.map(({ name }) => name),
    rows,
  );

export const cellsJson = (rows: readonly CellRow[]): string =>
  `[${rows.map((row) => JSON.stringify(row)).join(',\n')}]\n`;
