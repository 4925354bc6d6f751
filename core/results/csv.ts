/** What a spreadsheet would take for a formula: a model's name, an error's text come from elsewhere. */
const FORMULA = /^[=+\-@\t\r]/;

type Value = string | number | boolean | null;

/** As RFC 4180 has it; null is empty, and text that looks like a formula gets an apostrophe before it. */
export const csv = (columns: readonly string[], rows: readonly Readonly<Record<string, Value>>[]): string =>
  [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))]
    .map((values) => `${values.map(field).join(',')}\r\n`)
    .join('');

function field(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
