import type { SqlValue } from '#core/ports/sql.ts';

const NUMBERS = ['tinyint', 'smallint', 'integer', 'int', 'bigint', 'float', 'real', 'double', 'decimal'];

/**
 * A value as Athena shows it, by its column's type: whole numbers stay numbers while they are exact, a decimal
 * becomes the nearest number, and what JSON has no number for becomes null. Times come as
 * `2026-01-31 10:00:00.000`, in UTC, and leave in ISO form. What has parts stays text.
 */
export function sqlValue(type: string, text: string | undefined): SqlValue {
  if (text === undefined) return null;
  if (NUMBERS.includes(type)) return numberOf(text);
  if (type === 'boolean') return text === 'true';
  return type.startsWith('timestamp') ? isoTime(text) : text;
}

function numberOf(text: string): number | string | null {
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? text : value;
}

/** `timestamp with time zone` ends in its zone; the queries know none but UTC. */
const isoTime = (text: string): string => new Date(`${text.replace(/ UTC$/, '').replace(' ', 'T')}Z`).toISOString();
