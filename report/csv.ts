import type { CellRow } from '#core/results/cell-columns.ts';
import { CELL_COLUMNS } from '#core/results/cell-columns.ts';

/** What a spreadsheet would take for a formula: a model's name, an error's text come from elsewhere. */
const FORMULA = /^[=+\-@\t\r]/;

/** The rows as RFC 4180 has it; null is empty, and text that looks like a formula gets an apostrophe before it. */
export function cellsCsv(rows: readonly CellRow[]): string {
  const columns = CELL_COLUMNS.map(({ name }) => name);
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((values) => `${values.map(field).join(',')}\r\n`)
    .join('');
}

function field(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const cellsJson = (rows: readonly CellRow[]): string =>
  `[${rows.map((row) => JSON.stringify(row)).join(',\n')}]\n`;
