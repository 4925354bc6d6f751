import type { SqlRow, SqlValue } from '#core/ports/sql.ts';

/** A row as the port has it: timestamps in ISO form, whole numbers as numbers while they are exact, lists as JSON. */
export const toSqlRow = (row: Record<string, unknown>): SqlRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toSqlValue(value)]));

function toSqlValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return exact(value);
  // An answer is kept as JSON, which has no NaN and no infinity.
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? exact(part) : part));
}

const exact = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
