import type { SqlRow, SqlValue } from '#core/ports/sql.ts';

/** As RFC 4180 has it; null is empty. */
export function csv(columns: readonly string[], rows: readonly SqlRow[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))];
  return lines.map((values) => `${values.map(field).join(',')}\r\n`).join('');
}

function field(value: SqlValue): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
